use super::*;

/// A font of square blocks, 0.8 em wide and high on an advance of 1 em, for `A` to `Z` and `中`.
fn blocks() -> Vec<u8> {
    let words = |values: &[i32]| -> Vec<u8> {
        values.iter().flat_map(|value| (*value as i16).to_be_bytes()).collect()
    };
    let longs = |values: &[u32]| -> Vec<u8> {
        values.iter().flat_map(|value| value.to_be_bytes()).collect()
    };
    let block = [
        words(&[1, 0, 0, 800, 800, 3, 0]),
        vec![1; 4],
        words(&[0, 0, 800, 0]),
        words(&[0, 800, 0, -800]),
    ]
    .concat();
    let length = block.len() as u32;
    let groups = [0x20, 0x20, 2, 0x41, 0x5A, 1, 0x4E2D, 0x4E2D, 1];
    let cmap = [
        words(&[0, 1, 3, 10]),
        longs(&[12]),
        words(&[13, 0]),
        longs(&[16 + 36, 0, 3]),
        longs(&groups),
    ]
    .concat();
    let name: Vec<u8> = "Blocks".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let names = [words(&[0, 2, 30, 3, 1, 0x409, 1, 12, 0, 3, 1, 0x409, 6, 12, 0]), name].concat();
    let head = [
        longs(&[0x0001_0000, 0, 0, 0x5F0F_3CF5]),
        words(&[0, 1000]),
        vec![0; 16],
        words(&[0, 0, 800, 800, 0, 8, 2, 1, 0]),
    ]
    .concat();
    let hhea =
        [longs(&[0x0001_0000]), words(&[800, -200, 0, 1000, 0, 0, 800, 1, 0, 0, 0, 0, 0, 0, 0, 3])]
            .concat();
    let tables: [(&[u8; 4], Vec<u8>); 8] = [
        (b"cmap", cmap),
        (b"glyf", block),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", words(&[1000, 0, 1000, 0, 1000, 0])),
        (b"loca", longs(&[0, 0, length, length])),
        (b"maxp", [longs(&[0x5000]), words(&[3])].concat()),
        (b"name", names),
    ];
    let mut font = [longs(&[0x0001_0000]), words(&[8, 128, 3, 0])].concat();
    let mut body = Vec::new();
    for (tag, table) in &tables {
        font.extend_from_slice(*tag);
        font.extend(longs(&[0, (12 + 16 * 8 + body.len()) as u32, table.len() as u32]));
        body.extend_from_slice(table);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    font.extend(body);
    font
}

fn fonts() -> Fonts {
    let mut fonts = Database::new();
    fonts.load_font_data(blocks());
    assert_eq!(fonts.len(), 1);
    Fonts(fonts)
}

fn drawn(text: Text) -> Result<RgbaImage> {
    draw(&text, &fonts(), &Limits::default())
}

fn text(text: &str) -> Text {
    Text { size: 100, color: Rgb([200, 100, 50]), ..Text::new(text) }
}

#[test]
fn glyphs_stand_on_the_line_one_beside_the_other() {
    let drawn = drawn(text("A 中")).unwrap();
    assert_eq!(drawn.dimensions(), (300, 100));
    let ink = Rgba([200, 100, 50, 255]);
    for (x, y, pixel) in drawn.enumerate_pixels() {
        let inside = y < 80 && (x < 80 || (200..280).contains(&x));
        assert_eq!(*pixel, if inside { ink } else { Rgba([0, 0, 0, 0]) }, "{x} {y}");
    }
}

#[test]
fn a_shadow_is_below_to_the_right() {
    let drawn = drawn(Text { shadow: 50, ..text("A") }).unwrap();
    assert_eq!(drawn.dimensions(), (105, 105));
    assert_eq!(*drawn.get_pixel(40, 40), Rgba([200, 100, 50, 255]));
    assert_eq!(*drawn.get_pixel(82, 82), Rgba([0, 0, 0, 127]));
    assert_eq!(drawn.get_pixel(2, 90).0[3], 0);
}

#[test]
fn text_can_be_turned() {
    let turned = drawn(Text { rotate: 90, ..text("AA") }).unwrap();
    assert_eq!(turned.dimensions(), (100, 200));
    assert_eq!(turned.get_pixel(10, 10).0[3], 0);
    assert_eq!(turned.get_pixel(90, 10).0[3], 255);
    assert_eq!(drawn(Text { rotate: 45, ..text("A") }).unwrap().dimensions(), (142, 142));
}

#[test]
fn a_character_that_no_font_has_is_named() {
    let refused = drawn(text("A文")).unwrap_err();
    let view = refused.view();
    assert_eq!(view.en.what, "The transform text cannot be used: no font on this computer has 文.");
    assert!(view.zh.what.contains("文") && view.zh.fix.contains("字体"), "{:?}", view.zh);
}

#[test]
fn scripts_that_need_more_are_refused() {
    for character in ['ع', 'א', 'क', 'ไ', 'ဗ'] {
        let refused = drawn(text(&format!("A{character}"))).unwrap_err();
        assert_eq!(refused.reason.as_deref(), Some(&Reason::Unfit(Unfit::Script(character))));
    }
}

#[test]
fn a_line_is_held_against_the_limits() {
    let limits = Limits { max_output_pixels: 29_999, ..Limits::default() };
    let refused = draw(&text("AAA"), &fonts(), &limits).unwrap_err();
    assert!(refused.view().en.what.contains("300 × 100; at most 29999 pixels"), "{refused}");
}
