//! The sentences in Simplified Chinese: what a person gave, the store, the doctor.

mod backup;
mod buckets;
mod doctor;
mod local;
mod model;
mod transfer;

use super::super::{Code, Language, Problem};
use super::{Parts, Sentences};

pub(super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::Chinese, "此次上传");
    let (s, why, because) = (parts.subject, parts.why("："), parts.because("："));
    let bracketed = |fact: Option<&str>| fact.map(|f| format!("（{f}）")).unwrap_or_default();
    let detail = parts.detail;
    let or = |fact: &str, otherwise: &str| match detail {
        Some(detail) => fact.replace("{}", detail),
        None => otherwise.to_owned(),
    };
    match problem.code {
        Code::FileNotFound => {
            ("未找到", format!("文件 {s} 不存在。"), "请检查路径，或重新选择文件。".into())
        }
        Code::FileUnreadable => {
            ("无法读取", format!("无法读取 {s}{because}。"), "请为当前用户授予读取权限。".into())
        }
        Code::IsDirectory => ("文件夹", format!("{s} 是文件夹。"), "请选择其中的图片。".into()),
        Code::EmptyFile => {
            ("空文件", format!("{s} 的大小为 0 字节。"), "请重新保存图片，然后上传。".into())
        }
        Code::NotAnImage => (
            "不是图片",
            format!("无论扩展名是什么，{s} 的内容都不是图片。"),
            "请选择 PNG、JPEG、GIF、WebP、AVIF、SVG、BMP、TIFF 或 ICO 文件。".into(),
        ),
        Code::BrokenImage => (
            "已损坏",
            format!("{s} 已损坏，无法解码。"),
            "请在图片编辑器中重新保存，然后上传。".into(),
        ),
        Code::ImageTooLarge => (
            "过大",
            match parts.reason {
                Some(_) => format!("{s} 过大{because}。"),
                None => format!("{s} 过大，无法解码{}。", bracketed(parts.figure())),
            },
            parts.remedy("请先用图片编辑器缩小，再上传。"),
        ),
        Code::TooManyBytes => (
            "过大",
            format!("{s} 超过了{}。", or(" {}", "上传上限")),
            "请减小文件体积，然后上传。".into(),
        ),
        Code::FormatUnsupported => (
            "不支持",
            format!("无法转换 {s}{}。", bracketed(parts.media_type())),
            "请将图片处理的格式设为 jpeg、png、webp 或 avif。".into(),
        ),
        Code::ClipboardEmpty => (
            "无可粘贴",
            "剪贴板中没有图片、图片文件或图片网址。".into(),
            "请复制一张图片，然后再次粘贴。".into(),
        ),
        Code::ClipboardUnavailable => {
            ("剪贴板无响应", "剪贴板没有响应。".into(), "请改为选择文件，或重新复制后重试。".into())
        }
        Code::UrlInvalid => (
            "网址无效",
            format!("{s} 不是以 https:// 或 http:// 开头的网址。"),
            "请重新复制图片地址。".into(),
        ),
        Code::UrlUnreachable => (
            "无响应",
            format!("无法下载 {s}{}{because}。", status(problem)),
            "请在浏览器中打开该地址，确认它仍然有效。".into(),
        ),
        Code::AccessDenied => (
            "被拒绝",
            format!("服务商拒绝此密钥访问 {s}。"),
            "请为密钥授予读取、写入、列出和删除存储桶对象的权限（R2：Object Read & Write）。"
                .into(),
        ),
        Code::CredentialsRejected => (
            "密钥无效",
            format!("服务商不接受用于 {s} 的密钥{because}。"),
            "请重新输入访问密钥 ID 和访问密钥，并确认密钥没有过期。".into(),
        ),
        Code::BucketNotFound => (
            "无存储桶",
            format!("此端点没有 {s} 所用的存储桶。"),
            "请检查配置中的存储桶、区域和端点。".into(),
        ),
        Code::ObjectNotFound => (
            "已不存在",
            format!("{s} 不在存储桶中。"),
            "请检查名称；若已被删除，请重新上传或从历史记录中移除。".into(),
        ),
        Code::AlreadyExists => (
            "已存在",
            format!("{s} 已经存在，没有被覆盖。"),
            "请在命名规则中加入 {sha256:8} 或 {uuid}，或重命名文件。".into(),
        ),
        Code::ClockSkew => (
            "时钟有误",
            format!("本机时钟有误{}，{s} 被拒绝。", or("（相差 {}）", "")),
            "请在系统设置中启用自动时间，然后重试。".into(),
        ),
        Code::WrongEndpoint => (
            "端点有误",
            format!("{s} 所用的存储桶不在此端点。"),
            or("请将端点设为 {}。", "请从服务商控制台的存储桶页面复制端点。"),
        ),
        Code::WrongRegion => (
            "区域有误",
            format!("{s} 所用的存储桶在其他区域。"),
            or("请将区域设为 {}。", "请从服务商控制台的存储桶页面复制区域。"),
        ),
        Code::InvalidKey => (
            "名称无效",
            format!("服务商无法存储名称 {s}{why}。"),
            "请修改命名规则，或重命名文件。".into(),
        ),
        Code::Throttled => (
            "请求过多",
            format!("服务商暂时不再接受 {s} 的请求。"),
            "请等待 1 分钟，然后重试。".into(),
        ),
        Code::Timeout => {
            ("超时", format!("服务商没有及时响应 {s}。"), "请检查网络连接，然后重试。".into())
        }
        Code::Network => (
            "连接失败",
            format!("{s} 的连接失败{why}。"),
            "请检查网络、代理和配置中的端点，然后重试。".into(),
        ),
        Code::Unsupported => (
            "不支持",
            format!("服务商无法对 {s} 执行此操作{why}。"),
            "请改用其他服务商的配置。".into(),
        ),
        Code::Integrity => (
            "内容不符",
            format!("服务商收到的 {s} 与发送的内容不一致。"),
            "请重试；如果再次发生，请检查本机的内存和磁盘。".into(),
        ),
        Code::StoreOther => (
            "失败",
            format!("服务商无法处理 {s}{}{why}。", status(problem)),
            "请运行此配置的诊断，然后重试。".into(),
        ),
        Code::PublicUrlUnreachable => (
            "无响应",
            format!("{s} 没有响应{why}。"),
            "请检查公开地址，以及该域名的 DNS 记录和证书。".into(),
        ),
        Code::PublicUrlPrivate => (
            "未公开",
            format!("{s} 不允许公开读取{}。", status(problem)),
            "请为存储桶绑定自定义域名或允许公开读取，然后将公开地址设为该地址。".into(),
        ),
        Code::PublicUrlNotFound => (
            "指向别处",
            format!("{s} 没有指向此存储桶{}。", status(problem)),
            "请将公开地址设为存储桶根目录的地址；除非域名需要，不要包含存储桶名称或文件夹。".into(),
        ),
        Code::PublicUrlDiffers => (
            "内容不同",
            format!("{s} 有响应，但内容不是刚才存储的对象。"),
            "请检查公开地址的域名绑定到了哪个存储桶。".into(),
        ),
        code if code.is_transfer() => transfer::sentences(problem),
        code if code.is_model() => model::sentences(problem),
        code if code.is_backup() => backup::sentences(problem),
        Code::BucketTaken
        | Code::BucketNotEmpty
        | Code::BucketNameInvalid
        | Code::BucketAdminDenied
        | Code::PublicAclBlocked
        | Code::BucketSettingRefused => buckets::sentences(problem),
        _ => doctor::sentences(problem).unwrap_or_else(|| local::sentences(problem)),
    }
}

/// The answer's number in brackets, when there was one.
fn status(problem: &Problem) -> String {
    problem.status.map(|status| format!("（HTTP {status}）")).unwrap_or_default()
}
