use super::*;
use crate::image::Format;
use crate::problem::Language;
use crate::profile::{Images, Provider};

const BASE: &str = "https://img.example.com";

fn oss() -> Profile {
    Profile::new("blog", Provider::Oss)
}

fn cloudflare() -> Profile {
    Profile { images: Some(Images::Cloudflare), ..Profile::new("r2", Provider::R2) }
}

fn jpeg() -> SourceFacts {
    SourceFacts {
        format: Format::Jpeg,
        animated: false,
        width: 4000,
        height: 3000,
        bytes: 3_000_000,
    }
}

fn of(profile: &Profile, spec: &str, place: TransformPlace, source: SourceFacts) -> Result<Way> {
    way(profile, BASE, &Transform::parse(spec, &[]).unwrap(), place, Some(source))
}

#[test]
fn left_open_it_is_the_host_of_oss_and_cloudflare_and_here_for_all_others() {
    use TransformPlace::{Auto, Here, Host};
    let spec = "w=800,format=webp";
    let asked = |profile: &Profile, place| of(profile, spec, place, jpeg());
    let of_oss = "?x-oss-process=image/resize,m_lfit,w_800/format,webp";
    let Way::Host(process) = asked(&oss(), Auto).unwrap() else { panic!("made here") };
    assert!(process.starts_with("?x-oss-process=image/resize,"), "{process} is not like {of_oss}");
    let Way::Host(process) = asked(&cloudflare(), Auto).unwrap() else { panic!("made here") };
    assert!(process.starts_with("/cdn-cgi/image/") && process.contains("width=800"), "{process}");
    for profile in [Profile::local(), Profile::new("r2", Provider::R2)] {
        assert_eq!(asked(&profile, Auto).unwrap(), Way::Here);
    }
    assert_eq!(asked(&oss(), Here).unwrap(), Way::Here);
    let Way::Host(process) = asked(&Profile::local(), Host).unwrap() else { panic!("made here") };
    assert!(process.starts_with("?x-oss-process="), "{process}");
    // Nothing asked for is nothing to ask a host for.
    assert_eq!(of(&oss(), "", Host, jpeg()).unwrap(), Way::Here);
}

#[test]
fn what_the_host_cannot_do_is_made_here_or_refused_with_its_reason_in_both_languages() {
    let cases = [
        (oss(), "w=800", SourceFacts { bytes: 21 * 1024 * 1024, ..jpeg() }, "20"),
        (oss(), "w=800", SourceFacts { width: 31_000, ..jpeg() }, "30000"),
        (oss(), "w=800", SourceFacts { format: Format::Svg, ..jpeg() }, "SVG"),
        (
            oss(),
            "w=800,format=webp",
            SourceFacts { format: Format::Gif, animated: true, ..jpeg() },
            "GIF",
        ),
        (cloudflare(), "circle=100", jpeg(), "Cloudflare"),
        (cloudflare(), "w=800", SourceFacts { width: 13_000, ..jpeg() }, "12000"),
    ];
    for (profile, spec, source, word) in cases {
        assert_eq!(of(&profile, spec, TransformPlace::Auto, source).unwrap(), Way::Here, "{spec}");
        let problem = of(&profile, spec, TransformPlace::Host, source).unwrap_err();
        assert_eq!(problem.code, Code::TransformInvalid, "{spec}");
        for language in [Language::English, Language::Chinese] {
            let text = problem.text(language);
            let said = format!("{} {}", text.what, text.fix).replace(',', "");
            assert!(said.contains(word), "{word} is not in: {said}");
        }
    }
}

#[test]
fn a_profile_without_a_host_says_so() {
    let profile = Profile::new("plain", Provider::R2);
    let problem = of(&profile, "w=800", TransformPlace::Host, jpeg()).unwrap_err();
    assert_eq!(*problem.reason.clone().unwrap(), Reason::Unfit(Unfit::NoHost));
    assert!(problem.text(Language::English).what.contains("plain"));
    assert!(problem.text(Language::Chinese).what.contains("plain"));
}
