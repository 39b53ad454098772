//! Models: versions, aliases, manifests, headers of model files.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::Chinese, "模型");
    let (s, because, why) = (parts.subject, parts.because("："), parts.why("："));
    let there = |rest: &str| parts.detail.map(|d| format!("{rest}{d}。")).unwrap_or_default();
    match problem.code {
        Code::ModelNameInvalid => (
            "名称不可用",
            format!("此处不能使用 {s}{because}。"),
            "名称由字母、数字和 . _ - 组成，并以字母或数字开头；版本形如 v1.2.0。".into(),
        ),
        Code::ModelNotFound => (
            "无此模型",
            format!("此处没有模型 {s}。"),
            "hoist model list 会列出现有的模型。".into(),
        ),
        Code::ModelVersionNotFound => (
            "无此版本",
            format!("{s} 既不是版本，也不是别名。{}", there("现有：")),
            "hoist model list NAME 会列出其版本和别名。".into(),
        ),
        Code::ModelVersionExists => (
            "已存在",
            format!("{s} 已完成，版本不可更改。"),
            "请推送新版本；--force 可替换此版本。".into(),
        ),
        Code::ModelUnfinished => (
            "未完成",
            format!("{s} 没有清单：推送尚未完成。"),
            "请再次推送（会从已有部分继续），或将其删除。".into(),
        ),
        Code::ModelAliasNotFound => {
            ("无此别名", format!("没有别名 {s}。"), "hoist model list NAME 会列出其别名。".into())
        }
        Code::ModelAliased => (
            "有别名",
            format!(
                "{s} 正在使用{}。",
                parts.detail.map(|d| format!("，别名为 {d}")).unwrap_or_default()
            ),
            "请先让别名指向其他版本；--force 会一并删除。".into(),
        ),
        Code::ModelEmpty => (
            "没有文件",
            format!("{s} 中没有可以组成版本的文件。"),
            "请选择模型文件所在的文件夹。".into(),
        ),
        Code::ModelAliasesBusy => {
            ("已变化", format!("{s} 的别名正被他人修改。"), "请查看别名后重试。".into())
        }
        Code::ModelFileBroken => (
            "无法读取",
            format!("无法读取 {s} 的文件头{because}。"),
            "请确认它是完整的 safetensors 或 GGUF 文件；如不完整，请重新上传。".into(),
        ),
        _ => (
            "已损坏",
            format!("无法读取 {s}{why}。"),
            "请恢复存储桶中的该文件，或重新推送该版本。".into(),
        ),
    }
}
