import { expect, test } from 'vitest'
import { storedText } from '../../../../packages/dialect-mysql/src/ddl/defaults.ts'

test.each([
  ['`日本語` > 0', 'control characters, as the server gives some expressions', '`æ\u0097¥æ\u009c¬èª\u009e` > 0'],
  ['`日本語` > 0', 'windows-1252', '`æ—¥æœ¬èªž` > 0'],
  ["'naïve 🙂'", 'both', "\\'naÃ¯ve ð\u009f™‚\\'"],
  ["'straße'", 'what is right as it is', "'straße'"],
  ["'—'", 'a character that windows-1252 has, and that is no UTF-8 alone', "'—'"],
])('%s is read of bytes that stand as %s', (expected, _, given) => {
  expect(storedText(given)).toBe(expected)
})
