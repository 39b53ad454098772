use proptest::prelude::*;

use super::*;
use crate::image::arbitrary::transforms;

fn transform(spec: &str) -> Transform {
    Transform::parse(spec, &[]).unwrap()
}

fn with(url: &str, host: ImageHost, spec: &str) -> String {
    let made = with_transform(url, host, &transform(spec)).unwrap();
    if !made.process.is_empty() {
        assert!(made.url.contains(&made.process), "{made:?}");
        assert_eq!(made.url.replacen(&made.process, "", 1), made.base, "{made:?}");
    }
    made.url
}

#[test]
fn the_process_goes_behind_the_query_that_is_there() {
    let oss = |url: &str| with(url, ImageHost::Oss, "w=800,format=webp");
    let process = "x-oss-process=image/resize,m_lfit,w_800/format,webp";
    assert_eq!(
        oss("https://i.example.com/a%20b.png"),
        format!("https://i.example.com/a%20b.png?{process}")
    );
    assert_eq!(
        oss("https://i.example.com/a.png?v=1"),
        format!("https://i.example.com/a.png?v=1&{process}")
    );
    assert_eq!(
        oss("https://i.example.com/a.png?"),
        format!("https://i.example.com/a.png?{process}")
    );
    assert_eq!(
        oss("https://i.example.com/a.png#top"),
        format!("https://i.example.com/a.png?{process}#top")
    );
    assert_eq!(
        oss("https://i.example.com/a.png?x=1&x-oss-process=image%2Fresize,w_5&y=%2F#f"),
        format!("https://i.example.com/a.png?x=1&y=%2F&{process}#f")
    );
}

#[test]
fn what_a_query_could_misread_is_encoded() {
    let url = with("http://127.0.0.1:1/a.png", ImageHost::Oss, "style=a%26b%23%20%2B%E4%B8%AD");
    assert_eq!(url, "http://127.0.0.1:1/a.png?x-oss-process=style/a%26b%23%20%2B%E4%B8%AD");
    let (base, read) = split_transform(&url).unwrap();
    assert_eq!((base.as_str(), read), ("http://127.0.0.1:1/a.png", Transform::style("a&b# +中")));
}

#[test]
fn cloudflare_has_it_in_front_of_the_path() {
    let cloudflare = |url: &str| with(url, ImageHost::Cloudflare, "w=800,format=webp,q=80");
    let options = "width=800,format=webp,quality=80";
    assert_eq!(
        cloudflare("https://i.example.com/2026/a%20b.png?v=1#f"),
        format!("https://i.example.com/cdn-cgi/image/{options}/2026/a%20b.png?v=1#f")
    );
    assert_eq!(
        cloudflare("https://i.example.com/cdn-cgi/image/width=5/a.png"),
        format!("https://i.example.com/cdn-cgi/image/{options}/a.png")
    );
    assert_eq!(
        cloudflare("https://i.example.com//a.png"),
        format!("https://i.example.com/cdn-cgi/image/{options}//a.png")
    );
}

#[test]
fn a_process_gives_way_to_another_hosts() {
    assert_eq!(
        with("https://i.example.com/cdn-cgi/image/width=5/a.png", ImageHost::Oss, "w=7"),
        "https://i.example.com/a.png?x-oss-process=image/resize,m_lfit,w_7"
    );
    assert_eq!(
        with("https://i.example.com/a.png?x-oss-process=style/x", ImageHost::Cloudflare, "w=7"),
        "https://i.example.com/cdn-cgi/image/width=7/a.png"
    );
}

#[test]
fn nothing_to_do_leaves_the_url_alone() {
    for url in ["https://i.example.com/a.png?x=1#f", "https://i.example.com/a?", "http://h"] {
        let made = with_transform(url, ImageHost::Oss, &Transform::default()).unwrap();
        assert_eq!((made.url.as_str(), made.base.as_str(), made.process.as_str()), (url, url, ""));
    }
}

#[test]
fn signed_urls_and_foreign_domains_are_refused() {
    for url in [
        "https://b.oss-cn-hangzhou.aliyuncs.com/a.png?x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature=0a",
        "https://b.oss-cn-hangzhou.aliyuncs.com/a.png?OSSAccessKeyId=A&Expires=1&Signature=x%3D",
        "https://h/a.png?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0a",
    ] {
        for host in [ImageHost::Oss, ImageHost::Cloudflare] {
            let refused = with_transform(url, host, &transform("w=5")).unwrap_err();
            assert_eq!(refused.code, Code::TransformInvalid, "{url}");
            assert!(refused.view().en.what.contains("inside the signature"), "{url}");
        }
    }
    for url in ["https://pub-1.r2.dev/a.png", "https://a.r2.cloudflarestorage.com/b/a.png"] {
        let refused = with_transform(url, ImageHost::Cloudflare, &transform("w=5")).unwrap_err();
        assert!(refused.view().en.what.contains("on this domain"), "{url}");
    }
    for url in ["", "a.png", "ftp://h/a.png", "https://", "https:///a.png"] {
        let refused = with_transform(url, ImageHost::Oss, &transform("w=5")).unwrap_err();
        assert_eq!(refused.code, Code::UrlInvalid, "{url}");
    }
}

#[test]
fn a_foreign_link_is_read() {
    let read = |url: &str| split_transform(url).map(|(base, read)| (base, read.to_string()));
    let some = |base: &str, spec: &str| Some((base.to_owned(), spec.to_owned()));
    assert_eq!(
        read(
            "https://i.example.com/a.png?x-oss-process=image%2Fresize%2Cw_100%2Fformat%2Cwebp&v=2"
        ),
        some("https://i.example.com/a.png?v=2", "w=100,format=webp")
    );
    assert_eq!(
        read("https://i.example.com/a.png?x-oss-process=image/blur,r_3,s_3/resize,w_5"),
        some("https://i.example.com/a.png", "image/blur,r_3,s_3/resize,m_lfit,w_5")
    );
    assert_eq!(
        read("https://z.example.com/cdn-cgi/image/w=100/https://o.example.com/a.png?v=1"),
        some("https://o.example.com/a.png?v=1", "w=100")
    );
    assert_eq!(read("https://i.example.com/a.png"), None);
    assert_eq!(read("https://i.example.com/a.png?x-oss-process=image/nothing"), None);
    assert_eq!(read("https://i.example.com/cdn-cgi/image/w=100"), None);
    assert_eq!(read("image/resize,w_5"), None);
}

proptest! {
    #[test]
    fn what_is_put_in_comes_out_again(
        transform in transforms(),
        path in "(/[a-zA-Z0-9%._~-]{0,9}){1,3}",
        query in prop::option::of("[a-z]{1,5}=[a-z0-9%]{0,5}(&[a-z]=1){0,2}"),
        fragment in "(#[a-z]{0,4})?",
        host in prop::sample::select(vec![ImageHost::Oss, ImageHost::Cloudflare]),
    ) {
        prop_assume!(!path.starts_with(CDN_CGI));
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("https://i.example.com{path}{query}{fragment}");
        if let Ok(made) = with_transform(&url, host, &transform) {
            prop_assert_eq!(&made.base, &url);
            prop_assert!(made.url.is_ascii());
            if !transform.is_empty() {
                let (base, read) = split_transform(&made.url).unwrap();
                prop_assert_eq!(base, url);
                prop_assert_eq!(read.size_of((640, 480)), transform.size_of((640, 480)));
                if host == ImageHost::Oss {
                    prop_assert_eq!(read.to_oss_process().unwrap(), transform.to_oss_process().unwrap());
                }
            }
        }
    }
}
