use super::*;
use crate::settings::{CustomFormat, Preset};

fn problem(change: impl FnOnce(&mut Settings)) -> Problem {
    let mut settings = Settings::default();
    change(&mut settings);
    settings.validate(&[Profile::local()]).unwrap_err()
}

fn format(name: &str, template: &str) -> CustomFormat {
    CustomFormat { name: name.into(), template: template.into() }
}

#[test]
fn the_defaults_are_valid() {
    Settings::default().validate(&[Profile::local()]).unwrap();
}

#[test]
fn each_mistake_names_its_setting() {
    let preset = |name: &str| Preset { name: name.into(), spec: "w=1".into() };
    let cases: Vec<(Problem, FieldName, Reason)> = vec![
        (
            problem(|s| s.default_profile = "gone".into()),
            FieldName::DefaultProfile,
            Reason::NotOneOf(vec!["local".into()]),
        ),
        (problem(|s| s.naming = String::new()), FieldName::Naming, Reason::Empty),
        (
            problem(|s| s.presets = vec![preset("a"), preset("a")]),
            FieldName::Presets,
            Reason::Duplicate("a".into()),
        ),
        (problem(|s| s.presets = vec![preset(" ")]), FieldName::Presets, Reason::Missing),
        (
            problem(|s| s.custom_formats = vec![format("markdown", "{url}")]),
            FieldName::CustomFormats,
            Reason::Reserved("markdown".into()),
        ),
        (
            problem(|s| s.custom_formats = vec![format("mine", "no link")]),
            FieldName::CustomFormats,
            Reason::NoUrl,
        ),
        (problem(|s| s.concurrency = 0), FieldName::Concurrency, Reason::OutOfRange(1, 16)),
        (problem(|s| s.concurrency = 17), FieldName::Concurrency, Reason::OutOfRange(1, 16)),
        (problem(|s| s.store_port = 80), FieldName::StorePort, Reason::OutOfRange(1024, 65535)),
    ];
    for (problem, field, reason) in cases {
        assert_eq!(problem.field, Some(field));
        assert_eq!(problem.reason.as_deref(), Some(&reason), "{field:?}");
    }
    assert_eq!(problem(|s| s.link_format = "gone".into()).field, Some(FieldName::LinkFormat));
}

#[test]
fn a_format_of_the_users_own_can_be_the_format() {
    let settings = Settings {
        link_format: "wiki".into(),
        custom_formats: vec![format("wiki", "[[{url}]]")],
        ..Settings::default()
    };
    settings.validate(&[Profile::local()]).unwrap();
}

#[test]
fn shortcuts_are_modifiers_and_one_key() {
    for good in ["", "Ctrl+Alt+U", "CommandOrControl+Shift+V", "Super+F5", "Shift+Alt+1"] {
        assert_eq!(check_shortcut(good), Ok(()), "{good}");
    }
    for bad in ["U", "Ctrl+", "Ctrl", "Shift+U", "Ctrl+Alt", "Hyper+U", "Ctrl U", "+U"] {
        assert!(check_shortcut(bad).is_err(), "{bad}");
    }
}
