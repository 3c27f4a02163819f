// The colours of pods, measured as readers with different eyes see them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DARK, LIGHT, POD_COLOURS } from '../../../drawing/palette';

type Triple = readonly [number, number, number];

// Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
const EYES: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  'normal vision': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function linear(colour: string): Triple {
  const channel = (index: number) => {
    const value = Number.parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(0), channel(1), channel(2)];
}

function seenBy(eye: readonly [Triple, Triple, Triple], [r, g, b]: Triple): Triple {
  const row = (weights: Triple) => Math.min(1, Math.max(0, weights[0] * r + weights[1] * g + weights[2] * b));
  return [row(eye[0]), row(eye[1]), row(eye[2])];
}

/** Oklab (Ottosson 2020): distances are about equal where differences look equal; black to white is 1. */
function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(left: string, right: string, eye: readonly [Triple, Triple, Triple]): number {
  const [a, b] = [left, right].map((colour) => oklab(seenBy(eye, linear(colour)))) as [Triple, Triple];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function contrast(left: string, right: string): number {
  const [a, b] = [left, right].map((colour) => {
    const [red, green, blue] = linear(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  }) as [number, number];
  return Math.max(a, b) / Math.min(a, b);
}

for (const [name, eye] of Object.entries(EYES)) {
  test(`pods' colours stay apart for readers with ${name}`, () => {
    for (const [index, left] of POD_COLOURS.entries()) {
      for (const right of POD_COLOURS.slice(index + 1)) {
        const apart = distance(left, right, eye);
        assert.ok(apart >= 0.1, `${left} and ${right}: ${apart.toFixed(3)}`);
      }
    }
  });
}

test('a red and a green that look alike to some would be noticed', () => {
  const apart = Object.values(EYES).map((eye) => distance('#c0504d', '#7f9a48', eye));
  assert.ok((apart[0] ?? 0) > 0.15 && Math.min(...apart) < 0.1, apart.join(' '));
});

for (const [name, theme] of Object.entries({ light: LIGHT, dark: DARK })) {
  test(`words and lines stand out on ${name} paper`, () => {
    for (const colour of [theme.ink, theme.quiet, theme.good, theme.bad, theme.first, theme.second]) {
      for (const ground of [theme.paper, theme.sheet]) {
        assert.ok(contrast(colour, ground) >= 4.5, `${colour} on ${ground}: ${contrast(colour, ground).toFixed(2)}`);
      }
    }
    assert.ok(contrast(theme.mark, theme.paper) >= 3);
    for (const colour of POD_COLOURS) assert.ok(contrast(colour, theme.paper) >= 1.9, colour);
  });
}
