//! Buckets: made, removed, set up.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::Chinese, "存储桶");
    let (s, because) = (parts.subject, parts.because("："));
    match problem.code {
        Code::BucketTaken => (
            "名称已占用",
            format!("已存在名为 {s} 的存储桶。"),
            "请换一个名称：同一服务商的所有客户共用名称。`hoist bucket list` 会列出属于你的存储桶。"
                .into(),
        ),
        Code::BucketNotEmpty => (
            "非空",
            format!("{s} 中仍有对象、历史版本或未完成的上传。"),
            "请先删除它们，再删除存储桶。".into(),
        ),
        Code::BucketNameInvalid => (
            "名称无效",
            format!("{s} 不能用作存储桶名称。"),
            "请使用 3 到 63 个 a-z、0-9 和 - 字符，首尾为字母或数字。".into(),
        ),
        Code::BucketAdminDenied => (
            "被拒绝",
            format!("服务商不允许此密钥管理 {s}。"),
            "请为密钥授予管理存储桶的权限（R2：Admin Read & Write；OSS：AliyunOSSFullAccess），或使用服务商的控制台。"
                .into(),
        ),
        Code::PublicAclBlocked => (
            "已阻止公开",
            format!("{s} 已阻止公共访问，因此无法将其 ACL 设为公开。"),
            match parts.detail {
                Some(place) => format!(
                    "请先用 `hoist bucket public-access {place} --set open` 解除阻止，然后重新设置 ACL。"
                ),
                None => "请先解除该存储桶的阻止公共访问，然后重新设置 ACL。".into(),
            },
        ),
        // What is left is `BucketSettingRefused`.
        _ => (
            "不被接受",
            format!("为 {s} 所做的设置不被接受{because}。"),
            "请更正后重新设置；--xml 会显示现有文档。".into(),
        ),
    }
}
