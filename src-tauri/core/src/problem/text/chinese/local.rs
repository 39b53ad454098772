//! Configuration, secrets and this computer.

use super::super::super::{Code, Language, Problem};
use super::super::{Parts, Sentences};

pub(in super::super) fn sentences(problem: &Problem) -> Sentences {
    let parts = Parts::of(problem, Language::Chinese, "Hoist");
    let (s, why, because) = (parts.subject, parts.why("："), parts.because("："));
    let field = parts.field.unwrap_or("某个字段");
    let or = |fact: &str, otherwise: &str| match parts.detail {
        Some(detail) => fact.replace("{}", detail),
        None => otherwise.to_owned(),
    };
    match problem.code {
        Code::ProfileNotFound => (
            "无此配置",
            format!("没有名为 {s} 的配置。"),
            "请选择其他配置，或用 hoist profile add 添加。".into(),
        ),
        Code::ProfileExists => {
            ("名称已用", format!("已有名为 {s} 的配置。"), "请换一个名称。".into())
        }
        Code::ProfileInvalid => (
            "不完整",
            format!("配置 {s} 的“{field}”无法使用{why}。"),
            format!("请修改“{field}”，然后重新保存。"),
        ),
        Code::ProfileBuiltIn => (
            "内置",
            format!("配置 {s} 属于内置存储，名称不能更改。"),
            "请添加自己的配置，并设为默认。".into(),
        ),
        Code::ConfigUnreadable => (
            "无法读取",
            format!("无法读取 {s}{why}。"),
            "请为当前用户授予读取权限；文件没有被改动。".into(),
        ),
        Code::ConfigBroken => (
            "文件有误",
            format!("{s} 中有错误{why}。"),
            "请在该处改正；文件没有被改动。".into(),
        ),
        Code::ConfigUnwritable => (
            "未保存",
            format!("无法写入 {s}{why}。"),
            "请为当前用户授予写入该文件及其文件夹的权限。".into(),
        ),
        Code::HomeMissing => (
            "无主目录",
            "没有可以保存设置的主目录。".into(),
            "请将 HOIST_HOME 设为当前用户可写的文件夹。".into(),
        ),
        Code::SettingsInvalid => (
            "未保存",
            format!("“{field}”无法保存{why}。"),
            format!("请修改“{field}”，然后重新保存。"),
        ),
        Code::PatternInvalid => (
            "规则有误",
            format!("命名规则 {s} 无法使用{why}。"),
            "请使用 {year}、{month}、{name}、{sha256:8}、{uuid}、{ext} 等占位符。".into(),
        ),
        Code::TemplateInvalid => (
            "格式有误",
            format!("链接格式 {s} 无法使用{why}。"),
            "请使用 {url}，以及需要的 {name}、{filename}、{ext}、{alt}、{width}、{height}、{size}。"
                .into(),
        ),
        Code::TransformInvalid => (
            "处理有误",
            format!("图片处理 {s} 无法使用{because}。"),
            parts.remedy("请写成 w=1600,fit=limit,format=webp,q=82 的形式。"),
        ),
        Code::PresetNotFound => (
            "无此预设",
            format!("没有名为 {s} 的预设{}。", or("（已有：{}）", "")),
            "请选择设置中的预设，或在那里添加。".into(),
        ),
        Code::SecretMissing => (
            "无密钥",
            format!("配置 {s} 没有密钥{why}。"),
            or(
                "请设置环境变量 {}，或在配置中输入密钥。",
                "请在配置中输入访问密钥 ID 和访问密钥。",
            ),
        ),
        Code::KeyringUnavailable => (
            "无密钥环",
            format!("此系统没有可以保存 {s} 密钥的密钥环。"),
            "请改为从环境变量读取（--from-env），或保存到仅当前用户可读的文件（--insecure-storage）。".into(),
        ),
        Code::KeyringLocked => (
            "密钥环已锁",
            format!("密钥环已锁定，无法取得 {s} 的密钥。"),
            "请解锁密钥环后重试，或改为从环境变量读取（--from-env）或保存到仅当前用户可读的文件（--insecure-storage）。".into(),
        ),
        Code::SecretTooLong => (
            "过长",
            format!("{s} 的密钥超过了此密钥环的{}。", or(" {} 字节上限", "上限")),
            "请将会话令牌留空，或改为从环境变量读取（--from-env）或保存到仅当前用户可读的文件（--insecure-storage）。".into(),
        ),
        Code::SecretBroken => (
            "密钥损坏",
            format!("为 {s} 保存的密钥不是由 Hoist 写入的。"),
            "请重新输入访问密钥 ID 和访问密钥。".into(),
        ),
        Code::SecretFile => (
            "密钥不可用",
            format!("无法使用密钥文件 {s}{why}。"),
            "请为当前用户授予读写该文件及其文件夹的权限。".into(),
        ),
        Code::SecretFromEnvironment => (
            "来自环境",
            format!("{s} 的密钥来自环境变量{}。", or("（{}）", "")),
            "请修改这些变量，或在配置中选择其他保存位置。".into(),
        ),
        Code::DiskFull => {
            ("磁盘已满", format!("没有空间写入 {s}。"), "请释放磁盘空间，然后重试。".into())
        }
        Code::DataUnwritable => (
            "未写入",
            format!("无法写入 {s}{why}。"),
            "请为当前用户授予写入权限，或将 HOIST_HOME 设为其他文件夹。".into(),
        ),
        Code::DataInUse => (
            "使用中",
            format!("另一个 Hoist 正在使用同一份数据（{s}）。"),
            "请关闭另一个，然后重试。".into(),
        ),
        Code::HistoryUnavailable => (
            "无历史记录",
            format!("无法打开或写入历史记录 {s}{because}。"),
            "上传仍可进行；请检查该文件的可用空间和权限。".into(),
        ),
        Code::HistoryTooNew => (
            "版本较新",
            format!("历史记录 {s} 由更新版本的 Hoist 写入。"),
            "请更新 Hoist；历史记录没有被改动。".into(),
        ),
        Code::HistoryDamaged => (
            "已损坏",
            format!("历史记录已损坏，原文件保留为 {s}{}。", or("；新的历史记录包含可读取的 {} 条上传", "")),
            "如有缺失，请保留该文件；存储桶中的内容没有变化。".into(),
        ),
        Code::HistoryRowNotFound => (
            "不在历史中",
            "此上传已不在历史记录中。".into(),
            "请重新在历史记录中搜索。".into(),
        ),
        Code::UndoExpired => {
            ("已过期", "此操作已无法撤销。".into(), "请重新上传这些文件。".into())
        }
        Code::PortTaken => (
            "端口被占用",
            match parts.detail {
                Some(ports) => format!("{s} 的端口 {ports} 全部被其他程序占用。"),
                None => format!("端口 {s} 正被其他程序使用。"),
            },
            "请关闭该程序，或在设置中更改存储端口。".into(),
        ),
        Code::BuiltInStoreUnavailable => (
            "未启动",
            format!("内置存储无法启动{because}。"),
            "请检查数据文件夹的可用空间和权限，然后重试。".into(),
        ),
        Code::Cancelled => ("已取消", format!("{s} 已取消。"), "需要时请重试。".into()),
        // The codes of input, store and doctor have their sentences in the module above.
        _ => (
            "失败",
            format!("Hoist 内部出错（{s}）。"),
            "请重试；如果再次发生，请附上日志反馈。".into(),
        ),
    }
}
