//! Versions of objects, where the provider has them.

use hoist_store::{
    Body, Bucket, CopyOptions, ErrorKind, GetOptions, ObjectVersion, PutOptions, Versions,
};

use super::Subject;

fn version_of(version: &str) -> GetOptions {
    GetOptions { version: Some(version.to_owned()), ..GetOptions::default() }
}

pub(super) async fn an_object_has_one_version_or_its_store_says_it_has_none(subject: &Subject) {
    let bucket = &*subject.bucket;
    subject.put("one", "1").await;
    subject.put("one.more", "2").await;
    let Some(versions) = bucket.versions() else {
        let error = bucket.get("one", &version_of("null")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
        let options = CopyOptions { version: Some("null".to_owned()), ..CopyOptions::default() };
        let error = bucket.copy("one", "two", &options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
        return;
    };
    // This bucket keeps none: what is replaced is gone.
    subject.put("one", "11").await;
    let page = versions.list_versions("one", None).await.unwrap();
    let [only] = &page.versions[..] else { panic!("{page:?}") };
    assert_eq!((only.size, only.latest, only.deleted, page.next), (2, true, false, None));
    let nothing = versions.list_versions("nothing", None).await.unwrap();
    assert_eq!(nothing.versions, []);
}

/// What a bucket does that keeps versions. It is empty, and nobody else uses it.
pub async fn versions(bucket: &dyn Bucket) {
    let versions = bucket.versions().expect("it has versions");
    for key in ["a.txt", "文件 夹/b+c%20&d.txt"] {
        one_key(bucket, versions, key).await;
    }
    pages_hold_each_version_once(bucket, versions).await;
}

async fn all(versions: &dyn Versions, key: &str) -> Vec<ObjectVersion> {
    let (mut all, mut page) = (Vec::new(), None);
    loop {
        let next = versions.list_versions(key, page.as_deref()).await.unwrap();
        all.extend(next.versions);
        page = next.next;
        if page.is_none() {
            return all;
        }
    }
}

async fn put(bucket: &dyn Bucket, key: &str, text: &str) -> Option<String> {
    let options =
        PutOptions { content_type: Some(format!("text/{text}")), ..PutOptions::default() };
    let put = bucket.put(key, Body::from(text.as_bytes().to_vec()), &options).await;
    put.unwrap_or_else(|error| panic!("put `{key}`: {error:?}")).version
}

async fn read(bucket: &dyn Bucket, key: &str, version: Option<&str>) -> Vec<u8> {
    let options = version.map(version_of).unwrap_or_default();
    let object = bucket.get(key, &options).await;
    object
        .unwrap_or_else(|error| panic!("get `{key}` {version:?}: {error:?}"))
        .bytes(1 << 20)
        .await
        .unwrap()
        .to_vec()
}

async fn one_key(bucket: &dyn Bucket, versions: &dyn Versions, key: &str) {
    let first = put(bucket, key, "one").await.expect("a put tells its version");
    let second = put(bucket, key, "another").await.expect("a put tells its version");
    // A key that only begins like it has versions of its own.
    put(bucket, &format!("{key}.bak"), "x").await;
    let listed = all(versions, key).await;
    let told: Vec<(&str, u64, bool, bool)> =
        listed.iter().map(|v| (v.version.as_str(), v.size, v.latest, v.deleted)).collect();
    assert_eq!(told, [(second.as_str(), 7, true, false), (first.as_str(), 3, false, false)]);
    assert!(listed.iter().all(|v| v.etag.is_some() && v.modified.is_some()), "{listed:?}");
    assert_eq!(read(bucket, key, Some(&first)).await, b"one");
    assert_eq!(read(bucket, key, None).await, b"another");

    // Restored: the old bytes and headers are the newest version.
    let restore = CopyOptions { version: Some(first.clone()), ..CopyOptions::default() };
    bucket.copy(key, key, &restore).await.unwrap();
    assert_eq!(read(bucket, key, None).await, b"one");
    assert_eq!(bucket.head(key).await.unwrap().content_type.as_deref(), Some("text/one"));
    let listed = all(versions, key).await;
    assert_eq!(listed.len(), 3, "{listed:?}");

    // Deleted: a mark. Without the mark it is there again.
    bucket.delete(key).await.unwrap();
    assert_eq!(bucket.head(key).await.unwrap_err().kind(), ErrorKind::NotFound);
    let listed = all(versions, key).await;
    assert_eq!(listed.len(), 4, "{listed:?}");
    assert!(listed[0].deleted && listed[0].latest, "{listed:?}");
    versions.delete_version(key, &listed[0].version).await.unwrap();
    assert_eq!(read(bucket, key, None).await, b"one");

    // One version goes for good; the others stay.
    versions.delete_version(key, &second).await.unwrap();
    versions.delete_version(key, &second).await.unwrap();
    let left: Vec<String> = all(versions, key).await.into_iter().map(|v| v.version).collect();
    assert_eq!((left.len(), left.contains(&second)), (2, false), "{left:?}");
    let error = bucket.get(key, &version_of(&second)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
}

async fn pages_hold_each_version_once(bucket: &dyn Bucket, versions: &dyn Versions) {
    const MANY: usize = 1_005;
    let mut written = Vec::with_capacity(MANY);
    for _ in 0..MANY {
        written.push(put(bucket, "many", "x").await.unwrap());
    }
    written.reverse();
    let page = versions.list_versions("many", None).await.unwrap();
    assert!(page.next.is_some() && page.versions.len() < MANY, "{}", page.versions.len());
    let mut listed: Vec<String> =
        all(versions, "many").await.into_iter().map(|version| version.version).collect();
    // Within one second the order may be any.
    listed.sort();
    written.sort();
    assert!(listed == written, "{} listed, {} written", listed.len(), written.len());
}
