//! What became of each input: one line per input, in input order.

use hoist_core::app::Uploaded;
use hoist_core::problem::{Problem, Result};
use hoist_core::view::Note;
use serde::Serialize;

use crate::exit::Outcome;
use crate::out::{Out, one_line};
use crate::say::Say;

/// How a failed input begins on standard output. Programs that call an uploader and do not look at
/// its exit status look for these words, and keep their hands off their notes when they find them.
const FAILED: &str = "[PicGo ERROR]:";

/// Prints results.
#[derive(Debug)]
pub(super) struct Report {
    json: bool,
    say: Say,
    out: Out,
    /// Links of what was uploaded, in order.
    links: Vec<String>,
    outcome: Outcome,
    notes: Vec<Note>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct UploadedJson<'a> {
    ok: bool,
    input: &'a str,
    url: &'a str,
    process: Option<&'a str>,
    markdown: &'a str,
    name: &'a str,
    key: &'a str,
    profile: &'a str,
    content_type: &'a str,
    size: u64,
    width: Option<u32>,
    height: Option<u32>,
    already_stored: bool,
    history_id: Option<i64>,
    notes: &'a [Note],
}

#[derive(Debug, Serialize)]
struct FailedJson<'a> {
    ok: bool,
    input: &'a str,
    error: ErrorJson<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorJson<'a> {
    code: hoist_core::problem::Code,
    what: &'a str,
    fix: &'a str,
    status: Option<u16>,
    provider_code: Option<&'a str>,
    request_id: Option<&'a str>,
    retryable: bool,
}

/// The line of an input that failed.
pub(crate) fn failed_line(out: &mut Out, json: bool, input: &str, problem: &Problem, say: Say) {
    let text = problem.text(say.language);
    if json {
        out.json(&FailedJson {
            ok: false,
            input,
            error: ErrorJson {
                code: problem.code,
                what: &text.what,
                fix: &text.fix,
                status: problem.status,
                provider_code: problem.provider_code.as_deref(),
                request_id: problem.request_id.as_deref(),
                retryable: problem.retryable,
            },
        });
    } else {
        out.line(one_line(&format!("{FAILED} {input}: {}", text.what)));
    }
}

impl Report {
    pub(super) fn new(json: bool, say: Say) -> Self {
        Self {
            json,
            say,
            out: Out::new(),
            links: Vec::new(),
            outcome: Outcome::Done,
            notes: Vec::new(),
        }
    }

    /// The result of one input, with its link. Called in input order.
    pub(super) fn result(&mut self, input: &str, result: &Result<(Uploaded, String)>) {
        match result {
            Ok((uploaded, link)) => self.uploaded(input, uploaded, link),
            Err(problem) => {
                self.failed(input, problem);
                self.say.problem(problem);
            }
        }
    }

    /// Nothing could be tried: every input still gets its line, and the reason is told once.
    pub(super) fn none(mut self, inputs: &[String], problem: &Problem) -> Outcome {
        for input in inputs {
            self.failed(input, problem);
        }
        self.say.problem(problem);
        self.outcome.and(Outcome::of(problem)).and(self.out.finish(self.say))
    }

    /// Ends the results; the links are for the clipboard. Where this program itself serves the
    /// built-in store, its links end with it.
    pub(super) fn finish(self, store_is_here: bool) -> (Outcome, Vec<String>) {
        for note in &self.notes {
            if *note != Note::LocalOnly || store_is_here {
                self.say_note(*note);
            }
        }
        // Where one upload went through, configuration and keys are right.
        let outcome = match self.outcome {
            Outcome::Configuration if !self.links.is_empty() => Outcome::SomeFailed,
            outcome => outcome,
        };
        (outcome.and(self.out.finish(self.say)), self.links)
    }

    fn uploaded(&mut self, input: &str, uploaded: &Uploaded, link: &str) {
        if self.json {
            self.out.json(&UploadedJson {
                ok: true,
                input,
                url: &uploaded.url,
                process: uploaded.process.as_deref(),
                markdown: link,
                name: &uploaded.name,
                key: &uploaded.key,
                profile: &uploaded.profile,
                content_type: &uploaded.content_type,
                size: uploaded.size_after,
                width: uploaded.width,
                height: uploaded.height,
                already_stored: uploaded.already_stored,
                history_id: uploaded.history_id,
                notes: &uploaded.notes,
            });
        } else {
            self.out.line(one_line(link));
        }
        self.links.push(link.to_owned());
        for note in &uploaded.notes {
            if !self.notes.contains(note) {
                self.notes.push(*note);
            }
        }
    }

    fn failed(&mut self, input: &str, problem: &Problem) {
        self.outcome = self.outcome.and(Outcome::of(problem));
        failed_line(&mut self.out, self.json, input, problem, self.say);
    }

    fn say_note(&self, note: Note) {
        let say = self.say;
        match note {
            Note::PassedThrough => say.note(say.pick(
                "animations and SVG were uploaded as they are",
                "动图和 SVG 已按原样上传",
            )),
            Note::NotInterlaced => say.note(say.pick(
                "only JPEG is interlaced; other formats were not",
                "只有 JPEG 可渐进显示，其他格式未处理",
            )),
            // The default, and no surprise.
            Note::MetadataStripped => {}
            Note::MetadataKept => say.warning(say.pick(
                "metadata, such as a place, could not be removed safely from an upload and is still in it",
                "有一次上传的元数据（如位置）无法安全移除，仍保留在文件中",
            )),
            Note::NotInHistory => say.warning(say.pick(
                "an upload is stored, but could not be written to the history: keep its link",
                "有一次上传已存储，但未能写入历史：请保存好链接",
            )),
            Note::LocalOnly => say.note(say.pick(
                "the link opens on this computer only, while Hoist or `hoist store` is running",
                "该链接只能在本机打开，且需要 Hoist 或 `hoist store` 正在运行",
            )),
            Note::NoPublicUrl => say.warning(say.pick(
                "the profile has no public URL: the link is the endpoint's address and may not open; set it with hoist profile set NAME --public-url URL",
                "该配置没有公开地址：链接是端点的地址，可能无法打开；请用 hoist profile set NAME --public-url URL 设置",
            )),
        }
    }
}
