import { describe, expect, test } from 'vitest';
import { asSetting, follow, presetsFor, resolve, withPreset } from '../../src/windows/main/transform/presets';
import {
  decodeText,
  encodeText,
  isPlain,
  otherSide,
  pairsOf,
  read,
  readBlur,
  readCrop,
  same,
  sizeKind,
  write,
  writeBlur,
  writeCrop,
} from '../../src/windows/main/transform/spec';

describe('reading a spec', () => {
  test('values by their name, by its other names, and with spaces around them', () => {
    expect(read('w=800,format=webp', 'w')).toBe('800');
    expect(read(' Width = 800 , f=webp ', 'w')).toBe('800');
    expect(read('quality=80%', 'q')).toBe('80%');
    expect(read('w=800', 'h')).toBe('');
    expect(read('', 'w')).toBe('');
  });

  test.each(['', '  ', 'w=800,', 'w=800,future=1', 'crop=400x300+10+20@center', 'text=%E6%B8%AF,text-at=se'])(
    '"%s" can be shown as fields',
    (spec) => {
      expect(isPlain(spec)).toBe(true);
    },
  );

  test.each([
    'image/resize,w_100',
    'style/thumb',
    'style=thumb',
    'preset:Web',
    'nonsense',
    'w=',
    '=800',
    'w=1,w=2',
    'w=1,width=2',
  ])('"%s" cannot', (spec) => {
    expect(isPlain(spec)).toBe(false);
    expect(read(spec, 'w')).toBe('');
  });

  test('a value may hold any sign but a comma', () => {
    expect(pairsOf('blur=3:2,text=a%2Cb=c')).toEqual([
      ['blur', '3:2'],
      ['text', 'a%2Cb=c'],
    ]);
  });
});

describe('writing a spec', () => {
  const spec = 'w=800,zoom=3,format=webp';

  test('changes one value and leaves the others in their place', () => {
    expect(write(spec, { w: '640' })).toBe('w=640,zoom=3,format=webp');
    expect(write(spec, { format: '' })).toBe('w=800,zoom=3');
    expect(write(spec, { w: '', format: '' })).toBe('zoom=3');
    expect(write('width=800', { w: '640' })).toBe('w=640');
  });

  test('puts a new value where it is carried out', () => {
    expect(write(spec, { fit: 'fill' })).toBe('w=800,zoom=3,fit=fill,format=webp');
    expect(write('', { q: '80' })).toBe('q=80');
    expect(write('format=webp', { w: '9', h: '4' })).toBe('w=9,h=4,format=webp');
    expect(write('q=80', { format: 'webp', orient: '1' })).toBe('orient=1,format=webp,q=80');
    expect(write('text=a,mark=b', { 'text-size': '20' })).toBe('text=a,text-size=20,mark=b');
  });

  test('what cannot be shown as fields is started over', () => {
    expect(write('image/resize,w_100', { w: '9' })).toBe('w=9');
  });

  test('any change can be taken back, whatever else is in the spec', () => {
    const keys = ['w', 'h', 'fit', 'rotate', 'blur', 'text', 'format', 'q'] as const;
    // A fixed walk over many specs: the same in every run.
    let seed = 7;
    const next = (n: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % n;
    };
    for (let round = 0; round < 500; round += 1) {
      let made = '';
      for (let i = 0; i < next(6); i += 1)
        made = write(made, { [keys[next(8)] as 'w']: String(next(99) + 1) });
      if (next(3) === 0) made = made === '' ? 'unknown=x' : `${made},unknown=x`;
      const key = keys[next(8)] as 'w';
      const old = read(made, key);
      const changed = write(made, { [key]: '7' });
      expect(read(changed, key)).toBe('7');
      const back = write(changed, { [key]: old });
      expect(same(back, made), `${made} > ${changed} > ${back}`).toBe(true);
      expect(made.includes('unknown') === back.includes('unknown=x')).toBe(true);
      expect(isPlain(back)).toBe(true);
    }
  });
});

describe('the same transform', () => {
  test.each([
    ['w=800,q=80', 'q=80,w=800'],
    ['w=800', 'width=800,fit=lfit,limit=1,orient=0'],
    ['w=800,fit=limit', 'w=800'],
    ['format=jpg', 'format=JPEG'],
    ['fit=pad,color=#ff0000', 'fit=pad,color=FF0000'],
    ['', '  '],
    ['image/resize,w_1', ' image/resize,w_1 '],
  ])('"%s" is "%s"', (a, b) => {
    expect(same(a, b)).toBe(true);
  });

  test.each([
    ['w=800', 'w=801'],
    ['w=800', 'h=800'],
    ['w=800', 'w=800,other=1'],
    ['w=800,limit=0', 'w=800'],
    ['', 'image/resize,w_1'],
    ['image/resize,w_1/rotate,90', 'image/rotate,90/resize,w_1'],
  ])('"%s" is not "%s"', (a, b) => {
    expect(same(a, b)).toBe(false);
  });
});

test('words survive the way through a spec', () => {
  for (const words of ['© Hoist', '港口, 清晨=1', "a+b & c/d?e#f%g 'h' (i)*!", '👍']) {
    const value = encodeText(words);
    expect(value).not.toMatch(/[,=&+#'()*! ]/);
    expect(decodeText(value)).toBe(words);
    expect(decodeText(read(write('w=1', { text: value }), 'text'))).toBe(words);
  }
  expect(decodeText('100%')).toBe('100%');
});

test('a cut is read and written, and is none while a side is missing', () => {
  expect(readCrop('400x300+10+20@center')).toEqual({ w: '400', h: '300', x: '10', y: '20', at: 'center' });
  expect(readCrop('400x300')).toEqual({ w: '400', h: '300', x: '', y: '', at: 'nw' });
  expect(readCrop('')).toEqual({ w: '', h: '', x: '', y: '', at: 'nw' });
  expect(readCrop('400')).toBeNull();
  expect(readCrop('400x300@middle')).toBeNull();
  for (const text of ['400x300', '400x300+10+20', '400x300@se', '400x300+0+20@north']) {
    const crop = readCrop(text);
    expect(crop && writeCrop(crop)).toBe(text);
  }
  expect(writeCrop({ w: '400', h: '', x: '', y: '', at: 'nw' })).toBe('');
  expect(writeCrop({ w: '0', h: '3', x: '', y: '', at: 'nw' })).toBe('');
});

test('blur has a radius and a spread', () => {
  expect(readBlur('3:2')).toEqual({ radius: '3', spread: '2' });
  expect(readBlur('3')).toEqual({ radius: '3', spread: '3' });
  expect(readBlur('')).toEqual({ radius: '', spread: '' });
  expect(writeBlur('3', '2')).toBe('3:2');
  expect(writeBlur('3', '')).toBe('3:3');
  expect(writeBlur('', '2')).toBe('');
});

test('the kind of size a spec asks for', () => {
  expect(['w=1', 'h=1', 'l=1', 's=1', 'p=50', '', 'w=1,l=2'].map(sizeKind)).toEqual([
    'box',
    'box',
    'long',
    'short',
    'percent',
    'box',
    'box',
  ]);
});

test('the other side keeps the shape and stays a side', () => {
  expect(otherSide('600', 1200, 630)).toBe('315');
  expect(otherSide('1', 1200, 630)).toBe('1');
  expect(otherSide('16384', 1, 1000)).toBe('16384');
  expect(otherSide('', 1200, 630)).toBe('');
  expect(otherSide('0', 1200, 630)).toBe('');
  expect(otherSide('600', 0, 630)).toBe('');
});

describe('presets', () => {
  const settings = {
    presets: [
      { name: 'Web', spec: 'w=1600' },
      { name: 'Small', spec: 'w=320' },
    ],
  };
  const own = [{ name: 'web', spec: 'w=1000' }];
  const profile = { presets: own } as Parameters<typeof presetsFor>[0];

  test("the profile's come first and count for their name", () => {
    expect(presetsFor(profile, settings)).toEqual([
      { name: 'web', spec: 'w=1000', own: true },
      { name: 'Small', spec: 'w=320', own: false },
    ]);
    expect(presetsFor(undefined, settings).map((p) => p.name)).toEqual(['Web', 'Small']);
  });

  test('a name stands for its spec, an unknown one for nothing', () => {
    expect(resolve('preset:WEB', settings.presets)).toBe('w=1600');
    expect(resolve('preset:Gone', settings.presets)).toBe('');
    expect(resolve('w=9', settings.presets)).toBe('w=9');
  });

  test('settings keep a name only where every profile knows it', () => {
    const all = presetsFor(profile, settings);
    expect(asSetting('w=320', all)).toBe('preset:Small');
    expect(asSetting('w=1000', all)).toBe('w=1000');
    expect(asSetting(' ', all)).toBe('');
  });

  test('a transform follows the preset it names', () => {
    const [web, small] = settings.presets as [{ name: string; spec: string }, { name: string; spec: string }];
    const renamed = [{ ...web, name: 'Page' }, small];
    expect(follow('preset:Web', settings.presets, renamed)).toBe('preset:Page');
    expect(follow('preset:Web', settings.presets, [small])).toBe('');
    expect(follow('preset:Small', settings.presets, renamed)).toBe('preset:Small');
    expect(follow('w=9', settings.presets, [])).toBe('w=9');
    expect(follow('preset:Elsewhere', settings.presets, [])).toBe('preset:Elsewhere');
  });

  test('one of the same name is replaced in its place', () => {
    expect(withPreset(settings.presets, { name: 'WEB', spec: 'w=5' })).toEqual([
      { name: 'WEB', spec: 'w=5' },
      { name: 'Small', spec: 'w=320' },
    ]);
    expect(withPreset([], { name: 'a', spec: 'w=1' })).toEqual([{ name: 'a', spec: 'w=1' }]);
  });
});
