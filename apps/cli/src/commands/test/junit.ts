import type { RevisionTest, StairwayReport } from '@org/migrate-autogenerate'

/** XML 1.0 has no form for other control characters, nor for half a surrogate pair: https://www.w3.org/TR/xml/#charsets */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escaped = (text: string): string =>
  text.replace(forbidden, '\uFFFD').replace(/[&<>"]/g, (character) => entities[character] ?? '')

function caseOf({ tier, revision, message, source, outcome, findings, steps }: RevisionTest): string {
  const seconds = steps.reduce((sum, { ms }) => sum + ms, 0) / 1_000
  const name = message === revision ? revision : `${revision} ${message}`
  const failures = findings.map(({ kind, what, next, differences }) => {
    const body = [...differences, next].join('\n')
    return `      <failure type="${escaped(kind)}" message="${escaped(what)}">${escaped(body)}</failure>`
  })
  const skipped = outcome === 'tested' || findings.length > 0 ? [] : [`      <skipped message="${escaped(outcome)}"/>`]
  const attributes = `classname="${escaped(tier)}" name="${escaped(name)}" file="${escaped(source)}" time="${seconds.toFixed(3)}"`
  return [`    <testcase ${attributes}>`, ...failures, ...skipped, '    </testcase>'].join('\n')
}

/** The report in the form that CI servers read: a test case for each revision. */
export function junit({ dialect, revisions }: StairwayReport): string {
  const failed = revisions.filter(({ findings }) => findings.length > 0).length
  const skipped = revisions.filter(({ findings, outcome }) => outcome !== 'tested' && findings.length === 0).length
  const counts = `tests="${revisions.length}" failures="${failed}" skipped="${skipped}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="migrate test" ${counts}>`,
    `  <testsuite name="${escaped(dialect)}" ${counts}>`,
    ...revisions.map(caseOf),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
