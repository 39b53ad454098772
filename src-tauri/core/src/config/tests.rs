mod example;

use proptest::prelude::*;

use super::*;
use crate::problem::FieldName;
use crate::profile::{Provider, SecretRef};
use crate::settings::{CustomFormat, Preset, Theme};

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn with(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("config.toml"), text).unwrap();
        Self { dir }
    }

    fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn load(&self) -> Result<Config> {
        let variables = |name: &str| (name == "BUCKET").then(|| "from-env".to_owned());
        Config::load_with(&Home::at(self.dir.path()), Arc::new(variables))
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("config.toml")).unwrap()
    }

    fn reason(&self) -> Reason {
        let problem = self.load().unwrap_err();
        assert_eq!(problem.code, Code::ConfigBroken);
        *problem.reason.unwrap()
    }
}

fn r2(name: &str) -> Profile {
    Profile {
        account_id: Some("023e105f4ecef8ad9ca31a8372d0c353".into()),
        bucket: "blog-images".into(),
        prefix: "blog/".into(),
        public_url: Some("https://img.example.com".into()),
        ..Profile::new(name, Provider::R2)
    }
}

const WRITTEN_BY_HAND: &str = r#"# My uploads
future_key = 1 # of a newer Hoist

[settings]
# where most go
default_profile = "blog"   # the blog
naming = '{year}/{name}.{ext}'
theme = "dark"

[settings.presets]
# for the blog
"Web" = "w=1600" # wide
Small = "w=320"

# Cloudflare
[profiles.blog]
provider = "r2"
account_id = "023e105f4ecef8ad9ca31a8372d0c353"
bucket = "${BUCKET}" # set by the shell
public_url = "img.example.com/"
colour = "blue"

[profiles."s3.work"]
provider = "s3"
region = "eu-central-1"
bucket = "work"
secret = { access_key_env = "AWS_ACCESS_KEY_ID", secret_key_env = "AWS_SECRET_ACCESS_KEY" }
# the end
"#;

#[test]
fn without_a_file_everything_has_its_default() {
    let place = Place::empty();
    let config = place.load().unwrap();
    assert_eq!(config.settings(), &Settings::default());
    assert_eq!(config.profiles(), [Profile::local()]);
    assert_eq!(config.default_profile().unwrap().name, LOCAL);
    assert!(!config.path().exists(), "reading must not write");
}

#[test]
fn what_a_person_wrote_is_read() {
    let config = Place::with(WRITTEN_BY_HAND).load().unwrap();
    assert_eq!(config.settings().naming, "{year}/{name}.{ext}");
    assert_eq!(config.settings().theme, Theme::Dark);
    assert_eq!(config.settings().presets[1], Preset { name: "Small".into(), spec: "w=320".into() });
    let names: Vec<_> = config.profiles().iter().map(|profile| &*profile.name).collect();
    assert_eq!(names, ["local", "blog", "s3.work"]);
    let blog = config.default_profile().unwrap();
    assert_eq!(blog.bucket, "from-env");
    assert_eq!(blog.public_url.as_deref(), Some("https://img.example.com/"));
    let SecretRef::Env { access_key, session_token, .. } = &config.profiles()[2].secret else {
        panic!("not from the environment");
    };
    assert_eq!((&**access_key, session_token), ("AWS_ACCESS_KEY_ID", &None));
}

#[test]
fn a_change_touches_nothing_else() {
    let place = Place::with(WRITTEN_BY_HAND);
    let mut config = place.load().unwrap();
    let settings = Settings { theme: Theme::Light, concurrency: 2, ..config.settings().clone() };
    config.set_settings(settings.clone()).unwrap();
    let expected =
        WRITTEN_BY_HAND.replace("theme = \"dark\"\n", "theme = \"light\"\nconcurrency = 2\n");
    assert_eq!(place.text(), expected);
    assert_eq!(place.load().unwrap().settings(), &settings);

    // A profile saved unchanged, with its variable expanded as the window shows it.
    let blog = config.profile("blog").unwrap().clone();
    config.put_profile(blog.clone(), Some("blog")).unwrap();
    assert_eq!(place.text(), expected);
    let blog = Profile { prefix: "posts".into(), ..blog };
    config.put_profile(blog, Some("blog")).unwrap();
    let expected =
        expected.replace("colour = \"blue\"\n", "colour = \"blue\"\nprefix = \"posts/\"\n");
    assert_eq!(place.text(), expected);
    assert_eq!(config.profile("blog").unwrap().prefix, "posts/");
}

#[test]
fn comments_move_with_their_presets() {
    let place = Place::with(WRITTEN_BY_HAND);
    let mut config = place.load().unwrap();
    let mut settings = config.settings().clone();
    settings.presets.reverse();
    settings.presets[0].spec = "w=400".into();
    settings.presets.push(Preset { name: "Icon".into(), spec: "w=64".into() });
    config.set_settings(settings.clone()).unwrap();
    let text = place.text();
    assert!(
        text.contains("Small = \"w=400\"\n# for the blog\n\"Web\" = \"w=1600\" # wide\n"),
        "{text}"
    );
    assert!(text.contains("Icon = \"w=64\"\n"), "{text}");
    assert_eq!(place.load().unwrap().settings(), &settings);

    settings.presets.clear();
    config.set_settings(settings).unwrap();
    assert!(place.load().unwrap().settings().presets.is_empty(), "none is not the default ones");
}

#[test]
fn profiles_are_added_renamed_and_removed() {
    let place = Place::empty();
    let mut config = place.load().unwrap();
    config.put_profile(r2("blog"), None).unwrap();
    config.set_default_profile("blog").unwrap();
    let taken = config.put_profile(r2("Blog"), None).unwrap_err();
    assert_eq!(taken.code, Code::ProfileExists);

    config.put_profile(r2("photos"), Some("blog")).unwrap();
    assert_eq!(config.settings().default_profile, "photos");
    assert_eq!(config.profile("blog").unwrap_err().code, Code::ProfileNotFound);
    assert_eq!(place.load().unwrap().profile("photos").unwrap(), &r2("photos"));
    let gone = config.put_profile(r2("x"), Some("blog")).unwrap_err();
    assert_eq!(gone.code, Code::ProfileNotFound);

    // A field emptied is taken out of the file.
    let bare = Profile { public_url: None, secret: SecretRef::File, ..r2("photos") };
    config.put_profile(bare.clone(), Some("photos")).unwrap();
    assert!(!place.text().contains("public_url"));
    assert_eq!(place.load().unwrap().profile("photos").unwrap(), &bare);

    config.remove_profile("photos").unwrap();
    assert_eq!(config.settings().default_profile, LOCAL);
    assert_eq!(place.load().unwrap().profiles(), [Profile::local()]);
    assert_eq!(config.remove_profile("photos").unwrap_err().code, Code::ProfileNotFound);
}

#[test]
fn local_can_be_changed_but_not_removed_renamed_or_replaced() {
    let place = Place::empty();
    let mut config = place.load().unwrap();
    let local = Profile { naming: Some("{uuid}.{ext}".into()), ..Profile::local() };
    config.put_profile(local.clone(), Some(LOCAL)).unwrap();
    assert_eq!(place.load().unwrap().profiles(), [local]);
    assert_eq!(config.remove_profile(LOCAL).unwrap_err().code, Code::ProfileBuiltIn);
    let renamed = Profile { name: "other".into(), provider: Provider::R2, ..r2("other") };
    assert_eq!(config.put_profile(renamed, Some(LOCAL)).unwrap_err().code, Code::ProfileBuiltIn);
    let replaced = config.put_profile(r2(LOCAL), Some(LOCAL)).unwrap_err();
    assert_eq!((replaced.code, replaced.field), (Code::ProfileInvalid, Some(FieldName::Name)));
}

#[test]
fn mistakes_name_line_and_column_and_the_file_stays() {
    let at = |line, column, key: &str, reason| Reason::At {
        line,
        column,
        key: key.into(),
        reason: Box::new(reason),
    };
    let cases = [
        ("[settings]\ntheme = 5\n", at(2, 9, "theme", Reason::NotText)),
        ("[settings]\nconcurrency = 99", at(2, 15, "concurrency", Reason::OutOfRange(1, 16))),
        ("settings = 1", at(1, 12, "settings", Reason::NotATable)),
        (
            "# 图\n[settings]\nnaming = \"图 ${NOPE}\"",
            at(3, 10, "naming", Reason::VariableMissing("NOPE".into())),
        ),
        ("[profiles.a]\nbucket = \"b\"", at(1, 1, "provider", Reason::Missing)),
        ("[profiles.\"a b\"]\nprovider = \"r2\"", at(1, 1, "a b", Reason::BadCharacter(' '))),
    ];
    for (text, reason) in cases {
        assert_eq!(Place::with(text).reason(), reason, "{text}");
    }
    let Reason::At { line: 2, reason, .. } = Place::with("[settings]\ntheme = \n").reason() else {
        panic!("no line");
    };
    assert!(matches!(*reason, Reason::Syntax(_)));
    assert!(matches!(
        Place::with("[profiles.a]\nprovider = \"ftp\"").reason(),
        Reason::At { line: 2, column: 12, reason, .. } if matches!(*reason, Reason::NotOneOf(_))
    ));

    let place = Place::empty();
    std::fs::write(place.dir.path().join("config.toml"), b"a = \"\xff\"").unwrap();
    assert_eq!(place.reason(), at(1, 6, "", Reason::NotUtf8));
}

#[test]
fn a_file_broken_meanwhile_is_not_written_over() {
    let place = Place::with("[settings]\n");
    let mut config = place.load().unwrap();
    let broken = "[settings\nnaming = 1 # half saved by an editor";
    std::fs::write(config.path(), broken).unwrap();
    let settings = Settings { concurrency: 2, ..Settings::default() };
    assert_eq!(config.set_settings(settings).unwrap_err().code, Code::ConfigBroken);
    assert_eq!(config.put_profile(r2("blog"), None).unwrap_err().code, Code::ConfigBroken);
    assert_eq!(place.text(), broken);
    assert_eq!(config.settings(), &Settings::default(), "what was read before stays in force");
}

#[test]
fn changes_of_others_are_seen_and_survive() {
    let place = Place::empty();
    let mut window = place.load().unwrap();
    let mut command_line = place.load().unwrap();
    assert!(!window.reload_if_changed().unwrap());
    command_line.put_profile(r2("blog"), None).unwrap();
    command_line.set_default_profile("blog").unwrap();

    // The window saves another setting, from before it knew.
    let settings = Settings { concurrency: 2, ..window.settings().clone() };
    window.set_settings(settings).unwrap();
    assert_eq!(window.settings().default_profile, "blog");
    assert_eq!(window.settings().concurrency, 2);
    assert!(command_line.reload_if_changed().unwrap());
    assert_eq!(command_line.settings(), window.settings());
    assert!(!command_line.reload_if_changed().unwrap());

    // Two that add at the same time both succeed.
    let threads: Vec<_> = (0..8)
        .map(|n| {
            let mut config = window.clone();
            std::thread::spawn(move || config.put_profile(r2(&format!("p{n}")), None))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    assert_eq!(place.load().unwrap().profiles().len(), 10);
}

#[test]
fn invalid_settings_are_refused_before_anything_is_written() {
    let place = Place::empty();
    let mut config = place.load().unwrap();
    let settings = Settings { naming: "{nope}".into(), ..Settings::default() };
    let problem = config.set_settings(settings).unwrap_err();
    assert_eq!((problem.code, problem.field), (Code::PatternInvalid, Some(FieldName::Naming)));
    assert!(!config.path().exists());
}

#[cfg(unix)]
#[test]
fn the_file_is_private_and_a_link_stays_a_link() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::empty();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("hoist.toml");
    std::fs::write(&target, "# mine\n").unwrap();
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::os::unix::fs::symlink(&target, place.dir.path().join("config.toml")).unwrap();
    let mut config = place.load().unwrap();
    config.put_profile(r2("blog"), None).unwrap();
    assert!(config.path().symlink_metadata().unwrap().file_type().is_symlink());
    assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(place.text().starts_with("# mine\n"));
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 1, "a temporary file is left");
}

#[test]
fn a_file_that_cannot_be_read_is_told_from_a_missing_one() {
    let place = Place::empty();
    std::fs::create_dir(place.dir.path().join("config.toml")).unwrap();
    assert_eq!(place.load().unwrap_err().code, Code::ConfigUnreadable);
}

#[test]
fn inline_tables_and_dotted_keys_are_edited_in_place() {
    let place = Place::with(
        "settings = { theme = \"dark\" }\nprofiles.a = { provider = \"r2\", bucket = \"abc\", account_id = \"023e105f4ecef8ad9ca31a8372d0c353\" }\n",
    );
    let mut config = place.load().unwrap();
    let settings = Settings {
        concurrency: 3,
        custom_formats: vec![CustomFormat { name: "wiki".into(), template: "[[{url}]]".into() }],
        ..config.settings().clone()
    };
    config.set_settings(settings.clone()).unwrap();
    config.put_profile(r2("b"), None).unwrap();
    let a =
        Profile { name: "c".into(), prefix: "x/".into(), ..config.profile("a").unwrap().clone() };
    config.put_profile(a.clone(), Some("a")).unwrap();
    let again = place.load().unwrap();
    assert_eq!(again.settings(), &settings, "{}", place.text());
    assert_eq!(again.profile("c").unwrap(), &a, "{}", place.text());
    assert_eq!(again.profile("b").unwrap(), &r2("b"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is set reads back the same, and the comments are still there.
    #[test]
    fn set_then_load(
        transform in any::<String>(), public in "[a-z]{1,8}", prefix in "[a-z${} #\"'图]{0,12}",
        preset in "[A-Za-z $.{}图\"]{1,10}", spec in any::<String>(), strip: bool, port in 1024u16..,
    ) {
        let place = Place::with(WRITTEN_BY_HAND);
        let mut config = place.load().unwrap();
        let settings = Settings {
            transform,
            strip_metadata: strip,
            store_port: port,
            presets: vec![Preset { name: format!("p{preset}"), spec }],
            ..config.settings().clone()
        };
        config.set_settings(settings.clone()).unwrap();
        let profile = Profile {
            prefix: format!("p{prefix}"),
            public_url: Some(format!("https://{public}.example.com/${{x}}")),
            ..r2("new")
        }
        .normalized();
        config.put_profile(profile.clone(), None).unwrap();
        let again = place.load().unwrap();
        prop_assert_eq!(again.settings(), &settings);
        prop_assert_eq!(again.profile("new").unwrap(), &profile);
        let text = place.text();
        for kept in ["# My uploads", "future_key = 1 # of a newer Hoist", "# where most go", "# the blog",
            "# Cloudflare", "\"${BUCKET}\" # set by the shell", "colour = \"blue\"", "# the end"] {
            prop_assert!(text.contains(kept), "{kept} is gone:\n{text}");
        }
    }
}

const RULES: &str = r#"# Mine
[[backup]] # the big ones
name = "runs" # as the team calls it
folder = "/data/runs"
patterns = ["*.npy"]
profile = "local"
colour = "blue"

[[backup]]
name = "notes"
folder = "${BUCKET}/notes"
profile = "blog/other"
when = "watch"

[profiles.blog]
provider = "r2"
account_id = "023e105f4ecef8ad9ca31a8372d0c353"
bucket = "b"
"#;

#[test]
fn rules_are_read_changed_in_place_renamed_and_removed() {
    let place = Place::with(RULES);
    let mut config = place.load().unwrap();
    assert_eq!(config.backups().len(), 2);
    assert_eq!(config.backups()[1].folder, "from-env/notes");
    let runs = config.backup("runs").unwrap().clone();
    assert!(runs.keep_folders && runs.enabled);

    config.put_backup(runs.clone(), Some("runs")).unwrap();
    assert_eq!(place.text(), RULES, "saved as it was");
    let changed = BackupRule { name: "all runs".into(), enabled: false, ..runs.clone() };
    config.put_backup(changed.clone(), Some("runs")).unwrap();
    let expected = RULES
        .replace("name = \"runs\" #", "name = \"all runs\" #")
        .replace("colour = \"blue\"\n", "colour = \"blue\"\nenabled = false\n");
    assert_eq!(place.text(), expected);
    assert_eq!(place.load().unwrap().backup("all runs").unwrap(), &changed);

    let taken = BackupRule { name: "notes".into(), ..changed };
    assert_eq!(config.put_backup(taken.clone(), None).unwrap_err().code, Code::BackupExists);
    let renamed = config.put_backup(taken, Some("all runs")).unwrap_err();
    assert_eq!(renamed.code, Code::BackupExists);
    assert_eq!(config.put_backup(runs, Some("gone")).unwrap_err().code, Code::BackupNotFound);
    let nobody = BackupRule::new("x", "/x", "nobody");
    assert_eq!(config.put_backup(nobody, None).unwrap_err().field, Some(FieldName::Profile));

    config.remove_backup("all runs").unwrap();
    assert!(!place.text().contains("/data/runs") && place.text().contains("notes"));
    config.remove_backup("notes").unwrap();
    assert!(!place.text().contains("backup"), "{}", place.text());
    assert_eq!(config.remove_backup("notes").unwrap_err().code, Code::BackupNotFound);
}

#[test]
fn rules_follow_the_new_name_of_their_profile() {
    let place = Place::with(RULES);
    let mut config = place.load().unwrap();
    let blog = Profile { name: "site".into(), ..config.profile("blog").unwrap().clone() };
    config.put_profile(blog, Some("blog")).unwrap();
    assert_eq!(config.backup("notes").unwrap().profile, "site/other");
    assert_eq!(config.backup("runs").unwrap().profile, "local");
    assert!(place.text().contains("# the big ones"), "{}", place.text());
}

#[test]
fn a_rule_in_one_line_is_read_and_can_be_changed() {
    let line = "backup = [{ name = \"a\", folder = \"/a\", profile = \"local\" }]\n";
    let place = Place::with(line);
    let mut config = place.load().unwrap();
    let rule = BackupRule { prefix: "p/".into(), ..config.backup("a").unwrap().clone() };
    config.put_backup(rule.clone(), Some("a")).unwrap();
    assert_eq!(place.load().unwrap().backups(), [rule]);
}

#[test]
fn mistakes_in_rules_name_their_line() {
    let reason = |text: &str| match Place::with(text).reason() {
        Reason::At { line, key, reason, .. } => (line, key, *reason),
        other => panic!("no line: {other:?}"),
    };
    let head = "[[backup]]\nname = \"a\"\nfolder = \"/a\"\nprofile = \"local\"\n";
    assert_eq!(reason("[[backup]]\nname = \"a\"\n").2, Reason::Missing);
    assert_eq!(reason(&format!("{head}patterns = \"*.npy\"")), {
        (5, "patterns".to_owned(), Reason::NotAList)
    });
    assert_eq!(reason(&format!("{head}{head}")), {
        (6, "name".to_owned(), Reason::Duplicate("a".into()))
    });
    assert_eq!(reason("backup = 1").2, Reason::NotTables("backup"));
    let (line, key, _) = reason(&format!("{head}when = \"sometimes\""));
    assert_eq!((line, key), (5, "when".to_owned()));
}
