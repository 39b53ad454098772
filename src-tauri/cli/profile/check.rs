//! `hoist profile doctor`: one line per check, and the fix of what does not work.

use hoist_core::app::App;
use hoist_core::view::{Check, CheckState, CheckView};

use super::{fail, find};
use crate::exit::Outcome;
use crate::out::{Out, columns};
use crate::say::Say;

pub(super) async fn run(app: &App, name: Option<&str>, json: bool, say: Say) -> Outcome {
    let profile = match find(app, name).await {
        Ok(view) => view.profile,
        Err(problem) => return fail(&problem, say),
    };
    let mut out = Out::new();
    let mut told = Vec::new();
    // Each line as soon as it stands: some checks take seconds.
    let report = |check: CheckView| {
        let ended = !matches!(check.state, CheckState::Waiting | CheckState::Running);
        if !ended || told.contains(&check.check) {
            return;
        }
        told.push(check.check);
        if json {
            out.json(&check);
        } else {
            out.line(columns([
                state(check.state, say),
                label(check.check, say),
                check.measure.as_deref().unwrap_or_default(),
            ]));
        }
    };
    let checks = match app.doctor(&profile.name, report).await {
        Ok(checks) => checks,
        Err(problem) => return fail(&problem, say),
    };
    let mut outcome = Outcome::Done;
    for check in checks.iter().filter(|check| check.state == CheckState::Failed) {
        outcome = Outcome::Configuration;
        tell(check, say);
    }
    outcome.and(out.finish(say))
}

fn tell(check: &CheckView, say: Say) {
    if let Some(problem) = &check.problem {
        let text = say.text(problem);
        say.error(&text.what, &text.fix);
    }
    if let Some(command) = &check.command {
        say.hint(command);
    }
}

fn state(state: CheckState, say: Say) -> &'static str {
    match state {
        CheckState::Ok => say.pick("ok", "正常"),
        CheckState::Noted => say.pick("noted", "提示"),
        CheckState::NotNeeded => say.pick("not needed", "不需要"),
        CheckState::Failed => say.pick("failed", "失败"),
        CheckState::Skipped | CheckState::Waiting | CheckState::Running => {
            say.pick("skipped", "跳过")
        }
    }
}

fn label(check: Check, say: Say) -> &'static str {
    match check {
        Check::Dns => say.pick("name", "域名解析"),
        Check::Tls => say.pick("TLS", "TLS"),
        Check::Endpoint => say.pick("endpoint", "端点"),
        Check::Clock => say.pick("clock", "时钟"),
        Check::Credentials => say.pick("credentials", "凭证"),
        Check::Region => say.pick("region", "区域"),
        Check::List => say.pick("list", "列举"),
        Check::WriteAndDelete => say.pick("write and delete", "写入与删除"),
        Check::PublicUrl => say.pick("public URL", "公开地址"),
        Check::ForcedDownload => say.pick("opens in browser", "浏览器打开"),
        Check::Cors => say.pick("CORS", "跨域（CORS）"),
        Check::Images => say.pick("image processing", "图片处理"),
    }
}
