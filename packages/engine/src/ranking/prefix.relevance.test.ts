import { expect, test } from 'vitest';
import { claims } from '../testing/relevance-claims.ts';

claims('prefix', (given) => {
  test('prefix.1 the last word matches as a prefix, without a typo', () => {
    const index = given({ a: 'photograph', b: 'graph' });
    expect(index.ids('pho')).toEqual(['a']);
    expect(index.hit('a', 'pho')?.nbTypos).toBe(0);
  });

  test('prefix.2 one letter finds every word that begins with it', () => {
    const records = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`r${at}`, `p${at} other`]));
    expect(given(records).search('p').hitCount).toBe(300);
  });

  test('prefix.3 words before the last match as whole words only', () => {
    const index = given({ a: 'joey one', b: 'joe one' });
    expect(index.ids('joe one')).toEqual(['b']);
  });

  test('prefix.4 a space after the last word makes it whole', () => {
    const index = given({ a: 'pho', b: 'photo' });
    expect(index.ids('pho')).toEqual(['a', 'b']);
    expect(index.ids('pho ')).toEqual(['a']);
  });

  test('prefix.5 prefixAll: every word may be a prefix', () => {
    const index = given({ a: 'photograph gallery' });
    expect(index.ids('pho gal', { queryType: 'prefixAll' })).toEqual(['a']);
    expect(index.ids('pho gal')).toEqual([]);
  });

  test('prefix.6 prefixNone: no word is a prefix', () => {
    expect(given({ a: 'photo', b: 'pho' }).ids('pho', { queryType: 'prefixNone' })).toEqual(['b']);
  });

  test('prefix.7 a prefix may have typos', () => {
    const index = given({ a: 'photograph' });
    expect(index.hit('a', 'phto')?.nbTypos).toBe(1);
    expect(index.hit('a', 'photgrap')?.nbTypos).toBe(1);
  });

  test('prefix.8 listed attributes match whole words only', () => {
    const index = given({ a: { title: 'photo' }, b: { text: 'photo' } });
    expect(index.ids('pho', { disablePrefixOnAttributes: ['title'] })).toEqual(['b']);
  });

  test('prefix.9 a longer word is still a typo away in an attribute without prefixes', () => {
    const index = given({ a: { title: 'photos' } });
    expect(index.hit('a', 'photo', { disablePrefixOnAttributes: ['title'] })?.nbTypos).toBe(1);
  });
});
