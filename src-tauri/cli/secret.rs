//! Where `profile add` and `profile set` get a secret from. Never from an argument.

use std::io::{self, IsTerminal, Read};

use hoist_core::profile::{Profile, Provider, SecretRef};
use hoist_core::view::SecretInput;

use crate::args::profile::SecretArgs;
use crate::exit::Outcome;
use crate::say::Say;

/// A secret and where to keep it.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) place: SecretRef,
    /// `None` where only a name is kept.
    pub(crate) secret: Option<SecretInput>,
}

/// Gets the secret as the arguments say; asks on a terminal when they say nothing.
pub(crate) fn choose(args: &SecretArgs, profile: &Profile, say: Say) -> Result<Chosen, Outcome> {
    if let Some(names) = &args.from_env {
        let names = names.as_deref().unwrap_or(usual_names(profile.provider));
        return Ok(Chosen { place: from_env(names, say)?, secret: None });
    }
    let place = if args.insecure_storage { SecretRef::File } else { SecretRef::Keyring };
    let secret = if args.secret_stdin { from_stdin(say)? } else { ask(&profile.name, say)? };
    if place == SecretRef::File {
        say.warning(say.pick(
            "the secret is kept in a file that only you can read, not in the keyring",
            "密钥保存在仅你可读的文件中，而不在密钥环中",
        ));
    }
    Ok(Chosen { place, secret: Some(secret) })
}

/// The variables a provider's own tools read.
fn usual_names(provider: Provider) -> &'static str {
    match provider {
        Provider::Oss => "ALIYUN_ACCESS_KEY_ID,ALIYUN_ACCESS_KEY_SECRET,ALIYUN_SECURITY_TOKEN",
        _ => "AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY,AWS_SESSION_TOKEN",
    }
}

fn from_env(names: &str, say: Say) -> Result<SecretRef, Outcome> {
    let parts: Vec<&str> = names.split(',').map(str::trim).collect();
    let valid = (2..=3).contains(&parts.len()) && parts.iter().all(|name| is_variable(name));
    let (Some(id), Some(secret), true) = (parts.first(), parts.get(1), valid) else {
        say.error(
            say.pick("--from-env takes names of variables", "--from-env 接受的是环境变量的名称"),
            say.pick(
                "write --from-env, or --from-env=ID_VAR,SECRET_VAR",
                "请写 --from-env，或 --from-env=ID_VAR,SECRET_VAR",
            ),
        );
        return Err(Outcome::Usage);
    };
    for name in [id, secret] {
        if std::env::var_os(name).is_none_or(|value| value.is_empty()) {
            say.warning(format!("{name} {}", say.pick("is not set now", "现在没有设置")));
        }
    }
    Ok(SecretRef::Env {
        access_key: (*id).to_owned(),
        secret_key: (*secret).to_owned(),
        session_token: parts.get(2).map(|name| (*name).to_owned()),
    })
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn from_stdin(say: Say) -> Result<SecretInput, Outcome> {
    // Longer than any key: a mistaken pipe must not fill the memory.
    const LIMIT: u64 = 64 * 1024;
    let mut text = String::new();
    if let Err(error) = io::stdin().lock().take(LIMIT).read_to_string(&mut text) {
        say.error(
            format!("{}: {error}", say.pick("standard input cannot be read", "无法读取标准输入")),
            "",
        );
        return Err(Outcome::Configuration);
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (Some(id), Some(secret)) = (lines.next(), lines.next()) else {
        say.error(
            say.pick(
                "standard input holds no access key id and secret access key",
                "标准输入中没有访问密钥 ID 和访问密钥",
            ),
            say.pick(
                "send them on one line each, and a session token on a third if there is one",
                "请各占一行；如有会话令牌，放在第三行",
            ),
        );
        return Err(Outcome::Configuration);
    };
    Ok(SecretInput {
        access_key_id: id.to_owned(),
        secret_access_key: secret.to_owned(),
        session_token: lines.next().map(str::to_owned),
    })
}

fn ask(profile: &str, say: Say) -> Result<SecretInput, Outcome> {
    if !io::stdin().is_terminal() {
        say.error(
            say.pick(
                "the secret cannot be asked for: standard input is no terminal",
                "无法询问密钥：标准输入不是终端",
            ),
            say.pick(
                "use --secret-stdin to pipe it in, or --from-env to read it from variables",
                "请用 --secret-stdin 从管道传入，或用 --from-env 从环境变量读取",
            ),
        );
        return Err(Outcome::Usage);
    }
    let question = |english: &'static str, chinese: &'static str| {
        rpassword::prompt_password(format!("{} ({profile}): ", say.pick(english, chinese))).map_err(
            |error| {
                say.error(
                    format!("{}: {error}", say.pick("no answer", "没有得到回答")),
                    say.pick("run the command again", "请再次运行该命令"),
                );
                Outcome::Configuration
            },
        )
    };
    Ok(SecretInput {
        access_key_id: question("Access key id", "访问密钥 ID")?,
        secret_access_key: question("Secret access key", "访问密钥")?,
        session_token: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_variables() {
        for good in ["A", "_A1", "AWS_ACCESS_KEY_ID"] {
            assert!(is_variable(good), "{good}");
        }
        for bad in ["", "1A", "A-B", "A B", "键"] {
            assert!(!is_variable(bad), "{bad}");
        }
    }
}
