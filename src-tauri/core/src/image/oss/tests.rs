use super::{OssProcess, Transform, oss_info};
use crate::image::{Limits, fixtures};
use crate::problem::Code;

fn same(process: &str, spec: &str) {
    let transform = Transform::from_oss_process(process).unwrap();
    assert_eq!(transform, Transform::parse(spec, &[]).unwrap(), "{process}");
}

#[test]
fn reads_the_operations_of_the_subset() {
    same("image/resize,w_300", "w=300");
    same("image/resize,m_fill,w_300,h_200,limit_0", "w=300,h=200,fit=fill,limit=0");
    same("image/resize,m_pad,h_100,color_FF0000", "h=100,fit=pad,color=FF0000");
    same("image/resize,l_200,s_100", "l=200,s=100");
    same("image/resize,p_50", "p=50");
    same("image/resize,p_50,w_9", "p=50");
    same("image/format,jpg", "format=jpeg");
    same("image/quality,q_80", "q=80%");
    same("image/quality,Q_80", "q=80");
    same("image/quality,Q_80,q_20", "q=80");
    same("image/quality,q_20,Q_80", "q=80");
    same(
        "image/auto-orient,1/resize,w_10/quality,Q_9/format,webp",
        "w=10,orient=1,format=webp,q=9",
    );
    same("image/auto-orient,0/format,png/", "format=png");
    assert_eq!(OssProcess::parse("image/info").unwrap(), OssProcess::Info);
}

#[test]
fn errors_name_the_parameter() {
    let cases = [
        ("style/thumb", "style/thumb"),
        ("image/", "image/"),
        ("image/resize", "resize"),
        ("image/resize,m_abc,w_1", "m_abc"),
        ("image/resize,w_0", "w_0"),
        ("image/resize,w_16385", "w_16385"),
        ("image/resize,w", "w"),
        ("image/resize,x_5", "x_5"),
        ("image/resize,w_5,limit_2", "limit_2"),
        ("image/resize,w_5/resize,w_4", "resize"),
        ("image/quality,q_101", "q_101"),
        ("image/quality,Q_80,q_0", "q_0"),
        ("image/quality", "quality"),
        ("image/format,heic", "format,heic"),
        ("image/format", "format"),
        ("image/auto-orient,2", "auto-orient,2"),
        ("image/blur,r_3", "blur"),
        ("image/info/resize,w_5", "info"),
    ];
    for (process, subject) in cases {
        let problem = OssProcess::parse(process).unwrap_err();
        assert_eq!(
            (problem.code, problem.subject.as_str()),
            (Code::TransformInvalid, subject),
            "{process}"
        );
    }
    assert_eq!(Transform::from_oss_process("image/info").unwrap_err().subject, "info");
}

#[test]
fn info_tells_size_and_format_and_no_place() {
    let bytes = fixtures::jpeg_with_metadata(40, 30, 6);
    let info = oss_info(&bytes, &Limits::default()).unwrap();
    assert_eq!(info["ImageWidth"]["value"], "40");
    assert_eq!(info["ImageHeight"]["value"], "30");
    assert_eq!(info["Format"]["value"], "jpg");
    assert_eq!(info["FileSize"]["value"], bytes.len().to_string());
    assert!(!info.to_string().contains("GPS"));
    assert_eq!(oss_info(&fixtures::text(), &Limits::default()).unwrap_err().code, Code::NotAnImage);
}
