/** XML 1.0 has no form for other control characters, nor for half a surrogate pair: https://www.w3.org/TR/xml/#charsets */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string =>
  text.replace(forbidden, '\uFFFD').replace(/[&<>"]/g, (character) => entities[character] ?? '')

export interface JunitCase {
  readonly classname: string
  readonly name: string
  readonly file?: string
  readonly seconds: number
  readonly failures: readonly { readonly kind: string; readonly what: string; readonly body: string }[]
  /** Why it was not tried. */
  readonly skipped?: string
}

function caseText({ classname, name, file, seconds, failures, skipped }: JunitCase): string {
  const attributes = [
    `classname="${escaped(classname)}"`,
    `name="${escaped(name)}"`,
    ...(file === undefined ? [] : [`file="${escaped(file)}"`]),
    `time="${seconds.toFixed(3)}"`,
  ]
  return [
    `    <testcase ${attributes.join(' ')}>`,
    ...failures.map(
      ({ kind, what, body }) =>
        `      <failure type="${escaped(kind)}" message="${escaped(what)}">${escaped(body)}</failure>`,
    ),
    ...(skipped === undefined ? [] : [`      <skipped message="${escaped(skipped)}"/>`]),
    '    </testcase>',
  ].join('\n')
}

/** Whether a text is such a report, of whichever program. */
export const isJunit = (text: string): boolean => /^\s*(?:<\?xml[^>]*>\s*)?<testsuites?[\s>]/.test(text)

/** A report in the form that CI servers read. */
export function junit(command: string, suite: string, cases: readonly JunitCase[]): string {
  const failed = cases.filter(({ failures }) => failures.length > 0).length
  const skipped = cases.filter((each) => each.skipped !== undefined).length
  const counts = `tests="${cases.length}" failures="${failed}" skipped="${skipped}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(command)}" ${counts}>`,
    `  <testsuite name="${escaped(suite)}" ${counts}>`,
    ...cases.map(caseText),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
