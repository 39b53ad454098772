use proptest::prelude::*;

use super::{OssProcess, SaveAs, Transform, oss_info};
use crate::image::arbitrary::transforms;
use crate::image::{Limits, Rgb, fixtures};
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
    assert_eq!(OssProcess::Info.to_string(), "image/info");
    same("style/web", "style=web");
    same("image/crop,x_10,y_20,w_30,h_40,g_se", "crop=30x40+10+20@se");
    same("image/crop,w_0,h_40", "crop=x40");
    same("image/rotate,90/sharpen,100/blur,s_2,r_3", "rotate=90,sharpen=100,blur=3:2");
    same("image/bright,50/contrast,-50/circle,r_7", "bright=50,contrast=-50,circle=7");
    same("image/rounded-corners,r_30/format,jpg/interlace,1", "round=30,format=jpeg,interlace=1");
    // With and without the padding of base64.
    same("image/watermark,text_SG9pcw==,type_d3F5LW1pY3JvaGVp", "text=Hois,text-font=wqy-microhei");
    same(
        "image/watermark,text_SG9pcw,size_30,color_FF0000,g_nw,x_0,y_5,t_50,shadow_20,rotate_45,fill_1,voffset_-3",
        "text=Hois,text-size=30,text-color=FF0000,text-at=nw,text-x=0,text-y=5,text-opacity=50,\
         text-shadow=20,text-rotate=45,text-fill=1,text-shift=-3",
    );
    // bG9nby5wbmc is logo.png, the longer one with ?x-oss-process=image/resize,P_30 behind it.
    same("image/watermark,image_bG9nby5wbmc", "mark=logo.png");
    same(
        "image/watermark,image_bG9nby5wbmc_eC1vc3MtcHJvY2Vzcz1pbWFnZS9yZXNpemUsUF8zMA",
        "mark=logo.png,mark-scale=30",
    );
}

#[test]
fn steps_keep_their_order_and_may_come_twice() {
    let process = "image/resize,m_lfit,w_100/rotate,90/resize,m_lfit,w_50/crop,w_5";
    let transform = Transform::from_oss_process(process).unwrap();
    assert_eq!(transform.to_oss_process().unwrap(), process);
    assert_ne!(transform, Transform::from_oss_process("image/crop,w_5/resize,w_100").unwrap());
}

#[test]
fn is_written_as_the_documentation_has_it() {
    let written = |spec: &str| Transform::parse(spec, &[]).unwrap().to_oss_process().unwrap();
    assert_eq!(written("w=800,format=webp"), "image/resize,m_lfit,w_800/format,webp");
    assert_eq!(written("p=50,q=80%"), "image/resize,p_50/quality,q_80");
    assert_eq!(
        written("w=300,h=200,fit=pad,color=FF0000,limit=0,format=jpeg,q=90,interlace=1"),
        "image/resize,m_pad,w_300,h_200,limit_0,color_FF0000/format,jpg/quality,Q_90/interlace,1"
    );
    assert_eq!(written("crop=30x40+10+20@se"), "image/crop,w_30,h_40,x_10,y_20,g_se");
    assert_eq!(
        written("mark=logo.png,mark-scale=30"),
        "image/watermark,image_bG9nby5wbmc_eC1vc3MtcHJvY2Vzcz1pbWFnZS9yZXNpemUsUF8zMA"
    );
    // "你好 Hoist?" has a - and a _ in base64url.
    assert_eq!(written("text=%E4%BD%A0%E5%A5%BD"), "image/watermark,text_5L2g5aW9");
    assert_eq!(written("text=~~~%3F%3F%3F"), "image/watermark,text_fn5-Pz8_");
    assert_eq!(written("style=web"), "style/web");
}

#[test]
fn what_has_no_place_there_is_refused() {
    let refused =
        |spec: &str| Transform::parse(spec, &[]).unwrap().to_oss_process().unwrap_err().subject;
    assert_eq!(refused(""), "");
    assert_eq!(refused("strip=1"), "");
    assert_eq!(refused("color=FF0000,format=jpeg"), "color=FF0000");
}

#[test]
fn a_result_can_be_kept_as_an_object() {
    let transform = Transform::parse("w=100", &[]).unwrap();
    let mut target = SaveAs { key: "small/a.png".into(), bucket: None };
    assert_eq!(
        transform.to_oss_save_as(&target).unwrap(),
        "image/resize,m_lfit,w_100|sys/saveas,o_c21hbGwvYS5wbmc"
    );
    target.bucket = Some("images".into());
    assert_eq!(
        transform.to_oss_save_as(&target).unwrap(),
        "image/resize,m_lfit,w_100|sys/saveas,o_c21hbGwvYS5wbmc,b_aW1hZ2Vz"
    );
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(transform in transforms()) {
        // These are not OSS's to say.
        let transform = Transform {
            strip: None,
            first_frame: false,
            background: Rgb::default(),
            ..transform
        };
        prop_assume!(!transform.is_empty());
        let process = transform.to_oss_process().unwrap();
        prop_assert_eq!(Transform::from_oss_process(&process).unwrap(), transform);
    }
}

#[test]
fn errors_name_the_parameter() {
    let cases = [
        ("style/", "style/"),
        ("video/snapshot", "video/snapshot"),
        ("image/", "image/"),
        ("image/resize", "resize"),
        ("image/resize,m_abc,w_1", "m_abc"),
        ("image/resize,w_0", "w_0"),
        ("image/resize,w_16385", "w_16385"),
        ("image/resize,w", "w"),
        ("image/resize,x_5", "x_5"),
        ("image/resize,w_5,limit_2", "limit_2"),
        ("image/format,png/format,jpg", "format"),
        ("image/quality,q_101", "q_101"),
        ("image/quality,Q_80,q_0", "q_0"),
        ("image/quality", "quality"),
        ("image/format,heic", "format,heic"),
        ("image/format", "format"),
        ("image/auto-orient,2", "auto-orient,2"),
        ("image/blur,r_3", "blur"),
        ("image/indexcrop,x_100,i_0", "indexcrop"),
        ("image/crop,g_se", "crop"),
        ("image/crop,w_70000", "w_70000"),
        ("image/rotate,361", "rotate,361"),
        ("image/sharpen,400", "sharpen,400"),
        ("image/bright,-101", "bright,-101"),
        ("image/circle", "circle"),
        ("image/rounded-corners,30", "rounded-corners"),
        ("image/interlace,2", "interlace,2"),
        ("image/watermark,g_se", "watermark"),
        ("image/watermark,text_****", "text_****"),
        ("image/watermark,text_aG9pc3Q,image_bG9nby5wbmc", "watermark"),
        ("image/watermark,text_aG9pc3Q,size_1001", "size_1001"),
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
