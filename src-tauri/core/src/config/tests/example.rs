//! The example of the documentation against the code.

use super::*;

#[test]
fn the_example_shows_every_key_and_is_valid() {
    let example = include_str!("../example.toml");
    let place = Place::with(&example.replace("TEAM_BUCKET", "BUCKET"));
    let config = place.load().unwrap();
    config.settings().validate(config.profiles()).unwrap();
    for profile in config.profiles() {
        profile.validate().unwrap();
    }
    for rule in config.backups() {
        rule.validate(config.profiles()).unwrap();
    }
    // What is written for values unlike any default is what the example shows.
    let empty = Place::empty();
    let mut all = empty.load().unwrap();
    all.put_profile(config.profile("blog").unwrap().clone(), None).unwrap();
    all.put_profile(config.profile("work").unwrap().clone(), None).unwrap();
    all.put_profile(config.profile("pictures").unwrap().clone(), None).unwrap();
    all.put_backup(config.backup("training").unwrap().clone(), None).unwrap();
    let changed = Settings {
        default_profile: "work".into(),
        link_format: "wiki".into(),
        naming: "{uuid}".into(),
        transform: "w=1".into(),
        transform_place: crate::settings::TransformPlace::Here,
        presets: vec![Preset { name: "p".into(), spec: "w=1".into() }],
        custom_formats: vec![CustomFormat { name: "wiki".into(), template: "{url}".into() }],
        strip_metadata: false,
        dedupe: false,
        copy_links: false,
        concurrency: 2,
        shortcut: String::new(),
        notify: false,
        close_to_tray: false,
        continue_transfers: false,
        theme: Theme::Dark,
        language: crate::settings::UiLanguage::English,
        store_port: 4000,
    };
    all.set_settings(changed).unwrap();
    let written: DocumentMut = empty.text().parse().unwrap();
    let shown: DocumentMut = example.parse().unwrap();
    let rule = |doc: &DocumentMut| doc["backup"][0].as_table().unwrap().clone();
    for (key, _) in &rule(&written) {
        assert!(rule(&shown).contains_key(key), "backup.{key} is not shown");
    }
    assert_eq!(rule(&written).len(), rule(&shown).len());
    for section in ["settings", "profiles"] {
        let table = |doc: &DocumentMut| doc[section].as_table().unwrap().clone();
        let (written, shown) = (table(&written), table(&shown));
        assert!(written.iter().all(|(key, _)| shown.contains_key(key)), "{section}");
    }
    for name in ["blog", "work", "pictures"] {
        for (key, _) in written["profiles"][name].as_table().unwrap() {
            assert!(shown["profiles"][name].get(key).is_some(), "{name}.{key} is not shown");
        }
    }
}
