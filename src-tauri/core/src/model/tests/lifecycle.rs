//! Versions and aliases: listed, checked, replaced, removed.

use super::*;

async fn versions(bench: &Bench) -> Vec<(String, String)> {
    let versions = bench.registry().version_summaries("m").await.unwrap();
    versions.into_iter().map(|row| (row.version, row.aliases.join(","))).collect()
}

#[tokio::test]
async fn latest_moves_by_itself_and_other_aliases_by_hand() {
    let bench = Bench::new();
    bench.file("a/w", "1");
    for version in ["v1.9.0", "v1.10.0", "checkpoint-3", "v1.10.0-rc.1"] {
        bench.push(&format!("m@{version}"), "a").await;
    }
    let registry = bench.registry();
    assert_eq!(registry.set_alias("m", "production", Some("1.9.0")).await.unwrap(), None);
    let row = |version: &str, aliases: &str| (version.to_owned(), aliases.to_owned());
    assert_eq!(
        versions(&bench).await,
        [
            row("v1.10.0", "latest"),
            row("v1.10.0-rc.1", ""),
            row("v1.9.0", "production"),
            row("checkpoint-3", ""),
        ]
    );
    bench.push("m", "a").await;
    assert_eq!(bench.manifest("m@latest").await.version, "v1.10.1");
    let before = registry.set_alias("m", "production", Some("latest")).await.unwrap();
    assert_eq!(before.as_deref(), Some("v1.9.0"));
    assert_eq!(bench.manifest("m@production").await.version, "v1.10.1");
    assert_eq!(bench.manifest("m@1.9.0").await.version, "v1.9.0");

    for (alias, version, code) in [
        ("latest", Some("v1.9.0"), Code::ModelNameInvalid),
        ("v9.0.0", Some("v1.9.0"), Code::ModelNameInvalid),
        ("checkpoint-3", Some("v1.9.0"), Code::ModelNameInvalid),
        ("blue", Some("v7.0.0"), Code::ModelVersionNotFound),
        ("blue", None, Code::ModelAliasNotFound),
    ] {
        let problem = registry.set_alias("m", alias, version).await.unwrap_err();
        assert_eq!(problem.code, code, "{alias} {version:?}");
    }
    let problem = registry.set_alias("none", "blue", Some("v1.9.0")).await.unwrap_err();
    assert_eq!(problem.code, Code::ModelNotFound);
    let request = bench.request("m@production", "a");
    assert_eq!(bench.try_push(&request).await.unwrap_err().code, Code::ModelNameInvalid);
    registry.set_alias("m", "production", None).await.unwrap();
    let problem = registry.resolve("m", Some("production")).await.unwrap_err();
    assert_eq!(problem.code, Code::ModelVersionNotFound);
    assert!(problem.detail.unwrap().starts_with("v1.10.1, v1.10.0"));
}

#[tokio::test]
async fn of_versions_of_one_rank_the_later_is_the_latest() {
    let bench = Bench::new();
    bench.file("a/w", "1");
    bench.push("m@zeta", "a").await;
    tokio::time::sleep(Duration::from_millis(2)).await;
    bench.push("m@alpha", "a").await;
    assert_eq!(bench.manifest("m").await.version, "alpha");
}

/// Two programs change the aliases at once: neither change is lost.
#[tokio::test]
async fn aliases_are_written_only_over_those_that_were_read() {
    let bench = Bench::new();
    bench.file("a/w", "1");
    bench.push("m", "a").await;
    let key = "p/models/m/aliases.json";
    let (registry, mut first) = (bench.registry(), true);
    let memory = &bench.memory;
    registry
        .change_aliases("m", |aliases| {
            if std::mem::take(&mut first) {
                // Somebody else is faster.
                let other = json!({"aliases": {"theirs": "v1.0.0"}, "note": "kept"}).to_string();
                let body = Body::from(other.into_bytes());
                let options = PutOptions::default();
                let put = memory.put(key, body, &options);
                futures_util::FutureExt::now_or_never(put).unwrap().unwrap();
            }
            aliases.insert("ours".into(), "v1.0.0".into());
            true
        })
        .await
        .unwrap();
    let written: serde_json::Value = serde_json::from_slice(&bench.stored(key).await).unwrap();
    let expected = json!({"aliases": {"ours": "v1.0.0", "theirs": "v1.0.0"}, "note": "kept"});
    assert_eq!(written, expected);
}

#[tokio::test]
async fn a_version_does_not_change_unless_it_is_replaced() {
    let bench = Bench::new();
    bench.file("a/w", "one");
    bench.file("a/old", "old");
    bench.push("m@v1.0.0", "a").await;
    let request = bench.request("m@v1.0.0", "a");
    assert_eq!(bench.try_push(&request).await.unwrap_err().code, Code::ModelVersionExists);
    let other = bench.request("m@1.0.0", "a");
    assert_eq!(bench.try_push(&other).await.unwrap_err().code, Code::ModelVersionExists);

    let mut manifest = bench.manifest("m").await;
    manifest.other.insert("license".into(), "MIT".into());
    bench.object("p/models/m/v1.0.0/manifest.json", manifest.bytes().unwrap()).await;
    bench.file("a/w", "two");
    std::fs::remove_file(bench.path("a/old")).unwrap();
    let metrics = Some(json!({"loss": 0.5}));
    let report = bench.try_push(&Push { force: true, metrics, ..request }).await.unwrap();
    assert!(report.finished);
    assert_eq!(bench.stored("p/models/m/v1.0.0/w").await, b"two");
    assert_eq!(bench.memory.len(), 2, "what the version does not have any more is gone");
    let manifest = bench.manifest("m").await;
    assert_eq!(
        (&manifest.other["license"], &manifest.metrics["loss"]),
        (&json!("MIT"), &json!(0.5))
    );
    assert!(bench.verify("m", true).await.is_right());
}

#[tokio::test]
async fn what_was_changed_in_the_bucket_is_found_without_reading_it() {
    let bench = Bench::new();
    for name in ["same", "other", "shorter", "gone"] {
        bench.file(&format!("a/{name}"), format!("bytes of {name}"));
    }
    bench.push("m", "a").await;
    let report = bench.verify("m", false).await;
    assert_eq!((report.ok, report.bad, report.is_right()), (4, 0, true));
    let folder = "p/models/m/v1.0.0/";
    bench.object(&format!("{folder}other"), "BYTES OF OTHER").await;
    bench.object(&format!("{folder}shorter"), "bytes").await;
    bench.object(&format!("{folder}more"), "not listed").await;
    bench.memory.delete(&format!("{folder}gone")).await.unwrap();
    for deep in [false, true] {
        let gets = bench.bucket.calls(Operation::Get);
        let report = bench.verify("m", deep).await;
        let found: Vec<_> = report.files.iter().map(|f| (f.path.as_str(), f.check)).collect();
        assert_eq!(
            found,
            [
                ("gone", Check::Missing),
                ("other", Check::Differs),
                ("same", Check::Ok),
                ("shorter", Check::WrongSize),
            ]
        );
        assert_eq!((report.unlisted.as_slice(), report.bad), (&["more".to_owned()][..], 3));
        let read = bench.bucket.calls(Operation::Get) - gets;
        assert_eq!(read, if deep { 4 } else { 2 }, "the manifest twice, and what is looked at");
    }
}

/// A manifest of another program says nothing but size and SHA-256.
#[tokio::test]
async fn where_nothing_can_be_compared_it_is_said() {
    let bench = Bench::new();
    bench.file("a/w", "1");
    bench.push("m", "a").await;
    let mut manifest = bench.manifest("m").await;
    manifest.files[0].etag = None;
    bench.object("p/models/m/v1.0.0/manifest.json", manifest.bytes().unwrap()).await;
    assert_eq!(bench.verify("m", false).await.ok, 1, "the object says its SHA-256 itself");
    bench.object("p/models/m/v1.0.0/w", "1").await;
    let report = bench.verify("m", false).await;
    assert_eq!((report.files[0].check, report.size_only, report.bad), (Check::SizeOnly, 1, 0));
    assert_eq!(bench.verify("m", true).await.ok, 1);
}

#[tokio::test]
async fn a_version_in_use_is_not_removed_by_mistake() {
    let bench = Bench::new();
    bench.file("a/w", "1");
    for _ in 0..3 {
        bench.push("m", "a").await;
    }
    let registry = bench.registry();
    registry.set_alias("m", "production", Some("v1.0.1")).await.unwrap();
    let removal = registry.removal("m", Some("production")).await.unwrap();
    assert_eq!(
        (removal.versions, removal.aliases),
        (vec!["v1.0.1".into()], vec!["production".into()])
    );
    assert_eq!((removal.objects, removal.whole), (2, false));
    for version in [Some("v1.0.1"), None] {
        let problem = registry.remove("m", version, false).await.unwrap_err();
        assert_eq!(problem.code, Code::ModelAliased, "{version:?}");
    }
    assert_eq!(registry.remove("m", Some("v1.0.1"), true).await.unwrap().objects, 2);
    assert!(registry.aliases("m").await.unwrap().aliases.is_empty());
    assert_eq!(registry.remove("m", Some("latest"), false).await.unwrap().objects, 2);
    assert_eq!(versions(&bench).await, [("v1.0.0".to_owned(), "latest".to_owned())]);
    registry.remove("m", None, false).await.unwrap();
    assert_eq!(bench.memory.len(), 0);
    assert_eq!(registry.remove("m", None, false).await.unwrap_err().code, Code::ModelNotFound);
}

#[tokio::test]
async fn an_alias_goes_after_its_version_and_stays_when_that_stays() {
    let all = (Operation::DeleteMany, When::Always);
    let aliases = (Operation::Put, When::Key("aliases.json".into()));
    for (operation, when) in [all, aliases] {
        let bench = Bench::new();
        bench.file("a/w", "1");
        for _ in 0..2 {
            bench.push("m", "a").await;
        }
        bench.registry().set_alias("m", "production", Some("v1.0.0")).await.unwrap();
        let refused = Fault::Fail(ErrorKind::AccessDenied);
        let broken = FaultyBucket::wrap(Arc::new(bench.memory.clone()));
        let broken = broken.on(operation, when, refused);
        let registry = Registry::new(Arc::new(broken), "p/");
        let removed = registry.remove("m", Some("v1.0.0"), true).await;
        assert!(removed.map_or(true, |removed| !removed.failed.is_empty()), "{operation:?}");
        let registry = bench.registry();
        assert_eq!(registry.aliases("m").await.unwrap().get("production"), Some("v1.0.0"));
        assert_eq!(registry.resolve("m", Some("production")).await.unwrap().version, "v1.0.0");
        assert_eq!(registry.remove("m", Some("v1.0.0"), true).await.unwrap().failed.len(), 0);
        assert_eq!(registry.aliases("m").await.unwrap().get("production"), None);
    }
}

#[tokio::test]
async fn models_are_listed_with_their_latest_version() {
    let bench = Bench::new();
    assert_eq!(bench.registry().models().await.unwrap(), []);
    bench.file("a/w", "123");
    bench.push("one", "a").await;
    bench.push("two@v2.0.0", "a").await;
    bench.object("p/models/begun/v1.0.0/w", "x").await;
    bench.object("p/models/two/v2.1.0/w", "x").await;
    bench.object("p/models/.hidden/x/y", "x").await;
    bench.object("p/models/broken/v1.0.0/manifest.json", "{").await;
    bench.object("models/elsewhere/v1.0.0/w", "x").await;
    let models = bench.registry().models().await.unwrap();
    let told: Vec<_> =
        models.iter().map(|m| (m.name.as_str(), m.latest.as_deref(), m.versions, m.size)).collect();
    assert_eq!(
        told,
        [
            ("begun", None, 1, 0),
            ("broken", None, 1, 0),
            ("one", Some("v1.0.0"), 1, 3),
            ("two", Some("v2.0.0"), 2, 3),
        ]
    );
}

#[tokio::test]
async fn shards_are_put_together() {
    let shard = |name: &str, n: u64| {
        let text = format!(
            "{{\"{name}\":{{\"dtype\":\"BF16\",\"shape\":[{n}],\"data_offsets\":[0,{}]}}}}",
            n * 2
        );
        let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        bytes.resize(bytes.len() + n as usize * 2, 0);
        bytes
    };
    let bench = Bench::new();
    bench.file("a/x.safetensors", shard("a", 3));
    bench.file("a/y.safetensors", shard("b", 4));
    bench.file(
        "a/model.safetensors.index.json",
        json!({"metadata": {"total_size": 14}, "weight_map": {"a": "x.safetensors", "b": "y.safetensors"}})
            .to_string(),
    );
    bench.file("a/lora-00001-of-00002.safetensors", shard("l", 1));
    bench.file("a/lora-00002-of-00002.safetensors", shard("m", 1));
    bench.push("m", "a").await;
    let weights = bench.registry().weights("m", None).await.unwrap();
    let told: Vec<_> =
        weights.iter().map(|w| (w.name.as_str(), w.parameters, w.tensors, w.files.len())).collect();
    assert_eq!(told, [("lora.safetensors", 2, 2, 2), ("model.safetensors", 7, 2, 2)]);
    assert_eq!(weights[1].dtypes, [("BF16".to_owned(), 7)]);
}
