//! Accounts, domains and what the doctor finds about them.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};
use super::status;

pub(in super::super) fn sentences(problem: &Problem) -> Option<Sentences> {
    let s = Parts::of(problem, Language::Chinese, "此次上传").subject;
    Some(match problem.code {
        Code::CredentialsExpired => (
            "密钥已过期",
            format!("用于 {s} 的临时密钥已过期。"),
            "请获取新的临时密钥，并同时填写访问密钥 ID、访问密钥和会话令牌。".into(),
        ),
        Code::AccountSuspended => (
            "账号停用",
            format!("服务商已停用 {s} 所属的账号。"),
            "请在服务商控制台结清欠费或开通服务，然后重试。".into(),
        ),
        Code::PublicEndpointForbidden => (
            "需绑定域名",
            format!("阿里云只允许此账号通过自定义域名访问 {s} 的数据。"),
            "请在 OSS 控制台的“Bucket 配置 > 域名管理”中绑定域名并添加其中显示的 CNAME 记录，\
             然后将公开地址设为该域名，并启用“经自定义域名访问”。"
                .into(),
        ),
        Code::DomainNotBound => (
            "域名未绑定",
            format!("配置中的域名没有绑定到 {s} 所用的存储桶。"),
            "请在 OSS 控制台的“Bucket 配置 > 域名管理”中绑定该域名并检查其 CNAME 记录，\
             或关闭“经自定义域名访问”。"
                .into(),
        ),
        Code::CertificateInvalid => (
            "证书无效",
            format!("{s} 的 TLS 证书无效。"),
            "请检查地址的拼写和本机时钟；如为自定义域名，请在服务商处为它添加证书。".into(),
        ),
        Code::ForcedDownload => (
            "强制下载",
            format!("打开 {s} 的链接时会下载文件而不是显示；网页中仍能显示图片。"),
            "请在服务商处为存储桶绑定自定义域名，然后将公开地址设为该域名。".into(),
        ),
        Code::CorsClosed => (
            "未开放跨域",
            format!("{s} 不允许网页脚本读取图片；网页中仍能显示图片。"),
            "如果你的网页脚本要读取图片，请允许来自该网页源的 GET 和 HEAD。".into(),
        ),
        Code::ImagesUnchanged => (
            "未缩小",
            format!("请求缩小的图片时，{s} 返回了原图。"),
            "请让存储桶前面的 CDN 保留查询参数 x-oss-process，或将图片服务设为 none。".into(),
        ),
        Code::ImagesRefused => (
            "未缩小",
            format!("请求缩小的图片时，{s} 返回了错误{}。", status(problem)),
            "请在服务商处为存储桶开通图片处理，或将图片服务设为 none。".into(),
        ),
        Code::CloudflareImagesOff => (
            "未缩小",
            format!("Cloudflare 没有处理 {s} 的图片{}。", status(problem)),
            "请在 Cloudflare 控制台的“Images > Transformations”中为自定义域名所在的区域启用\
             （r2.dev 不支持），或将图片服务设为 none。"
                .into(),
        ),
        _ => return None,
    })
}
