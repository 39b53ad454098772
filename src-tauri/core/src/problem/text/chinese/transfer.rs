//! Transfers of files and folders.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::Chinese, "传输");
    let (s, because) = (parts.subject, parts.because("："));
    match problem.code {
        Code::SourceChanged => (
            "已变化",
            format!("{s} 在读取过程中发生了变化，因此没有上传。"),
            "请等待写入该文件的程序完成，然后再次运行同一命令。".into(),
        ),
        Code::RemoteChanged => (
            "已变化",
            format!("下载过程中，存储桶里的 {s} 已被替换。"),
            "请再次运行同一命令；将从新对象重新开始。".into(),
        ),
        Code::LinkSkipped => (
            "链接",
            format!("{s} 是符号链接，已跳过。"),
            "如需上传它指向的内容，请直接把该链接指定为来源。".into(),
        ),
        Code::NotAFile => (
            "不是文件",
            format!("{s} 不是普通文件。"),
            "请选择文件，或移走占用该位置的内容。".into(),
        ),
        Code::UnsafeName => (
            "名称不可用",
            format!("名称 {s} 无法在另一端使用{because}。"),
            "请重命名，或单独以其他名称传输。".into(),
        ),
        Code::SameNameTwice => (
            "名称重复",
            format!("{s} 与本次传输中的另一个文件目标相同。"),
            "请传输到其他文件夹，或使用 --include-parent-dir。".into(),
        ),
        Code::CopyIntoItself => (
            "目标是自身",
            format!("{s} 不能复制或移动到自身或自身之内。"),
            "请选择其他文件夹或其他名称。".into(),
        ),
        Code::ContentDiffers => (
            "内容不符",
            format!("收到的 {s} 与其 SHA-256 不符。"),
            "请再次运行同一命令；如再次失败，hoist model verify --deep 会指出存储桶中的问题。"
                .into(),
        ),
        Code::FileUnwritable => (
            "未写入",
            format!("无法写入文件 {s}{because}。"),
            "请选择其他文件夹，或为当前用户授予写入权限。".into(),
        ),
        Code::TransferNotFound => (
            "无此传输",
            format!("没有编号为 {s} 的传输。"),
            "hoist transfers 会列出现有的传输。".into(),
        ),
        Code::TransferOver => (
            "无需处理",
            format!("传输 {s} 已结束，或已经停下。"),
            "hoist transfers 会显示它的状态。".into(),
        ),
        Code::TransferElsewhere => (
            "存储桶不同",
            format!("配置 {s} 现在指向的存储桶与传输 {} 开始时不同。", parts.detail.unwrap_or("0")),
            "请让配置重新指向原来的存储桶，或取消该传输后重新开始。".into(),
        ),
        Code::UploadLeftOver => (
            "有残留",
            format!("{s} 已上传的部分未能从存储桶中删除。"),
            "请在存储桶可访问时运行 hoist transfers clean。".into(),
        ),
        Code::AclNotKept => (
            "权限未保留",
            format!("{s}{}复制后没有保留原来的访问权限（ACL）。", more(&parts)),
            "如需他人读取副本，请重新设置：存储桶可能已停用 ACL 或阻止公共访问，或该密钥无权读取和设置 ACL。".into(),
        ),
        Code::StorageClassNotKept => (
            "类型未保留",
            format!("{s}{}复制后使用默认存储类型。", more(&parts)),
            "服务商不接受以该存储类型复制；可用生命周期规则转换。".into(),
        ),
        Code::TagsNotKept => (
            "标签未保留",
            format!("{s}{}复制后没有保留标签。", more(&parts)),
            "该密钥可能无权读取或设置标签；如有标签，请重新设置。".into(),
        ),
        Code::TransferUnreadable => (
            "无法读取",
            format!("传输列表中关于 {s} 的记录已损坏，因此没有处理它。"),
            "请取消该传输，然后重新运行它的命令。".into(),
        ),
        Code::TransfersTooNew => (
            "版本较新",
            format!("传输列表 {s} 由更新版本的 Hoist 写入。"),
            "请更新 Hoist；列表没有被改动。".into(),
        ),
        Code::TransfersDamaged => (
            "已损坏",
            format!("传输列表已损坏，原文件保留为 {s}；已新建一个列表。"),
            "请重新运行未完成的传输命令，并运行 hoist transfers clean。".into(),
        ),
        _ => (
            "无传输列表",
            format!("无法打开或写入传输列表 {s}{because}。"),
            "请检查该文件的可用空间和权限，然后重试。".into(),
        ),
    }
}

/// How many others the same is true of.
fn more(parts: &Parts<'_>) -> String {
    parts.detail.map(|count| format!("（另有 {count} 个）")).unwrap_or_default()
}
