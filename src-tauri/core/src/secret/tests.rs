use super::*;

fn secrets(dir: &std::path::Path) -> Secrets {
    let mut secrets = Secrets::new(&Home::at(dir));
    secrets.variables = Arc::new(|name| match name {
        "KEY_ID" => Some(" AKID\n".into()),
        "KEY_SECRET" => Some("s3cr3t/+=".into()),
        "EMPTY" => Some(" ".into()),
        _ => None,
    });
    secrets
}

fn from_env(secret_key: &str) -> SecretRef {
    SecretRef::Env {
        access_key: "KEY_ID".into(),
        secret_key: secret_key.into(),
        session_token: Some("KEY_TOKEN".into()),
    }
}

#[tokio::test]
async fn a_file_holds_the_secret_for_this_user_only() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = secrets(dir.path());
    let file = SecretRef::File;
    assert_eq!(secrets.get("blog", &file).await.unwrap_err().code, Code::SecretMissing);

    let token = Some("token".to_owned());
    secrets.set("blog", &file, Secret::new("AKID", "s3cr3t", token)).await.unwrap();
    let got = secrets.get("blog", &file).await.unwrap();
    assert_eq!(got.access_key_id.expose(), "AKID");
    assert_eq!(got.secret_access_key.expose(), "s3cr3t");
    assert_eq!(got.session_token.unwrap().expose(), "token");

    let path = dir.path().join("data/secrets/profile-blog.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        // Opened by something else: closed again when it is next read.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        secrets.get("blog", &file).await.unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    secrets.set("blog", &file, Secret::new("AKID2", "other", None)).await.unwrap();
    assert_eq!(secrets.get("blog", &file).await.unwrap().access_key_id.expose(), "AKID2");
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "a temporary file was left behind");

    secrets.rename("blog", "photos", &file).await.unwrap();
    assert_eq!(secrets.get("blog", &file).await.unwrap_err().code, Code::SecretMissing);
    assert_eq!(secrets.get("photos", &file).await.unwrap().secret_access_key.expose(), "other");
    secrets.delete("photos", &file).await.unwrap();
    secrets.delete("photos", &file).await.unwrap();
    assert!(!dir.path().join("data/secrets/profile-photos.json").exists());
}

#[tokio::test]
async fn a_damaged_file_is_named_without_its_content() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = secrets(dir.path());
    let path = dir.path().join("data/secrets");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("profile-blog.json"), r#"{"accessKeyId":"AKID","secretAccessKey":7}"#)
        .unwrap();
    let problem = secrets.get("blog", &SecretRef::File).await.unwrap_err();
    assert_eq!(problem.code, Code::SecretBroken);
    assert!(!format!("{problem:?} {problem}").contains("AKID"));
}

#[tokio::test]
async fn variables_are_read_at_each_use_and_named_when_missing() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = secrets(dir.path());
    let got = secrets.get("blog", &from_env("KEY_SECRET")).await.unwrap();
    assert_eq!(got.access_key_id.expose(), "AKID");
    assert_eq!(got.secret_access_key.expose(), "s3cr3t/+=");
    assert!(got.session_token.is_none());

    for name in ["EMPTY", "ABSENT"] {
        let problem = secrets.get("blog", &from_env(name)).await.unwrap_err();
        assert_eq!(problem.code, Code::SecretMissing);
        assert!(problem.to_string().contains(name), "{problem}");
    }
    let set = secrets.set("blog", &from_env("KEY_SECRET"), Secret::new("a", "b", None)).await;
    assert_eq!(set.unwrap_err().code, Code::SecretFromEnvironment);
}

#[test]
fn a_secret_has_no_readable_form() {
    let secret = Secret::new("AKIDEXAMPLE", "s3cr3t", Some("token".into()));
    let text = format!("{secret:?}");
    for part in ["AKIDEXAMPLE", "s3cr3t", "token"] {
        assert!(!text.contains(part));
    }
}

#[test]
fn typed_secrets_lose_their_white_space_and_are_checked() {
    let input = |id: &str, key: &str| SecretInput {
        access_key_id: id.into(),
        secret_access_key: key.into(),
        session_token: Some("  ".into()),
    };
    let secret = Secret::from_input("blog", input(" AKID\n", "s3cr3t ")).unwrap();
    assert_eq!(secret.access_key_id.expose(), "AKID");
    assert!(secret.session_token.is_none());

    let problem = Secret::from_input("blog", input("AKID", " ")).unwrap_err();
    assert_eq!(problem.field, Some(FieldName::SecretAccessKey));
    let problem = Secret::from_input("blog", input("AK ID", "x")).unwrap_err();
    assert_eq!(problem.field, Some(FieldName::AccessKeyId));
    assert_eq!(problem.reason.as_deref(), Some(&Reason::BadCharacter(' ')));
}
