//! Text on images, in letters of three by five points. What they are cannot be compared with OSS's
//! fonts; where they stand, how large, and in which colour can.

use image::{Rgba, RgbaImage};

use super::argument;
use super::canvas::over;
use crate::oss::wire::error::Refusal;

/// The fonts that OSS offers.
const FONTS: &[&str] = &[
    "wqy-zenhei",
    "wqy-microhei",
    "fangzhengshusong",
    "fangzhengkaiti",
    "fangzhengheiti",
    "fangzhengfangsong",
    "droidsansfallback",
];

/// Five rows from the top, each an octal digit of three points.
const LETTERS: &[(char, &str)] = &[
    ('A', "25755"),
    ('B', "65656"),
    ('C', "34443"),
    ('D', "65556"),
    ('E', "74647"),
    ('F', "74644"),
    ('G', "34553"),
    ('H', "55755"),
    ('I', "72227"),
    ('J', "11152"),
    ('K', "55655"),
    ('L', "44447"),
    ('M', "57755"),
    ('N', "65555"),
    ('O', "25552"),
    ('P', "65644"),
    ('Q', "25563"),
    ('R', "65655"),
    ('S', "34216"),
    ('T', "72222"),
    ('U', "55557"),
    ('V', "55552"),
    ('W', "55775"),
    ('X', "55255"),
    ('Y', "55222"),
    ('Z', "71247"),
    ('0', "75557"),
    ('1', "26227"),
    ('2', "61247"),
    ('3', "61216"),
    ('4', "55711"),
    ('5', "74616"),
    ('6', "34657"),
    ('7', "71222"),
    ('8', "75757"),
    ('9', "75716"),
    ('.', "00002"),
    ('-', "00700"),
    ('_', "00007"),
    ('@', "75543"),
    ('/', "11244"),
    (':', "02020"),
    (' ', "00000"),
];

/// Any other character: a box, as fonts draw what they lack.
const LACKING: &str = "75557";

pub(super) fn check_font(name: &str) -> Result<(), Refusal> {
    if FONTS.contains(&name) {
        return Ok(());
    }
    Err(argument("watermark type", name, "no such font"))
}

/// The text, `size` points high, with a shadow of so many percent.
pub(super) fn draw(words: &str, size: u32, colour: [u8; 3], shadow: u32) -> RgbaImage {
    let point = f64::from(size) / 5.0;
    let count = words.chars().count() as u32;
    let width = (point * f64::from(4 * count - 1)).ceil().max(1.0) as u32;
    let mut image = RgbaImage::new(width, size.max(1));
    for (at, character) in words.chars().enumerate() {
        let rows = letter(character);
        for (row, digit) in rows.bytes().enumerate() {
            for column in 0..3 {
                if (digit - b'0') >> (2 - column) & 1 == 1 {
                    let x = point * (4 * at + column) as f64;
                    block(&mut image, x, point * row as f64, point, colour);
                }
            }
        }
    }
    if shadow == 0 {
        return image;
    }
    let mut dark = image.clone();
    dark.pixels_mut().for_each(|pixel| *pixel = Rgba([0, 0, 0, pixel.0[3]]));
    let aside = (size / 20).max(1);
    let mut both = RgbaImage::new(width + aside, size + aside);
    over(&mut both, &dark, i64::from(aside), i64::from(aside), shadow);
    over(&mut both, &image, 0, 0, 100);
    both
}

fn letter(character: char) -> &'static str {
    let upper = character.to_ascii_uppercase();
    LETTERS.iter().find(|(known, _)| *known == upper).map_or(LACKING, |(_, rows)| rows)
}

fn block(image: &mut RgbaImage, x: f64, y: f64, side: f64, [r, g, b]: [u8; 3]) {
    let end = |from: f64, most: u32| ((from + side).ceil() as u32).min(most);
    let (right, bottom) = (end(x, image.width()), end(y, image.height()));
    for row in y as u32..bottom {
        for column in x as u32..right {
            image.put_pixel(column, row, Rgba([r, g, b, 255]));
        }
    }
}
