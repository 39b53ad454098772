//! Backup rules.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::Chinese, "备份");
    let (s, why, because) = (parts.subject, parts.why("："), parts.because("："));
    let field = parts.field.unwrap_or("某一项");
    match problem.code {
        Code::BackupNotFound => (
            "无此备份",
            format!("没有名为 {s} 的备份。"),
            "hoist backup list 会列出现有的备份。".into(),
        ),
        Code::BackupExists => {
            ("名称已用", format!("已有名为 {s} 的备份。"), "请换一个名称。".into())
        }
        Code::BackupInvalid => (
            "不完整",
            format!("备份 {s} 的“{field}”无法使用{why}。"),
            format!("请修改“{field}”，然后重新保存。"),
        ),
        Code::BackupFolderMissing => (
            "无文件夹",
            format!("文件夹 {s} 不存在，因此没有备份任何文件。"),
            "请连接其所在磁盘，或选择其他文件夹；存储桶中的内容保持不变。".into(),
        ),
        Code::BackupPaused => (
            "已暂停",
            format!("备份 {s} 的传输已暂停。"),
            "请手动运行该备份，或继续该传输。".into(),
        ),
        Code::BackupsTooNew => (
            "版本较新",
            format!("备份记录 {s} 由更新版本的 Hoist 写入。"),
            "请更新 Hoist；记录没有被改动。".into(),
        ),
        Code::BackupsDamaged => (
            "已损坏",
            format!("备份记录已损坏，原文件保留为 {s}；已新建一份记录。"),
            "下次运行会查看存储桶，只发送其中没有的文件。".into(),
        ),
        _ => (
            "无备份记录",
            format!("无法打开或写入备份记录 {s}{because}。"),
            "请检查该文件的可用空间和权限后重试。".into(),
        ),
    }
}
