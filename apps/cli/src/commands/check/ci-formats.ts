import type { RevisionTest } from '@org/migrate-autogenerate'
import { duration, oneLine, plural } from '../../reporters/formatting.ts'
import { type JunitCase, junit } from '../../reporters/junit.ts'
import { lossText } from '../../reporters/loss-text.ts'
import { revisionCase } from '../test/junit.ts'
import { heldLocks } from '../test/test.ts'
import type { CiFinding, CiReport } from './ci.ts'
import { shownPairs } from './pairs-text.ts'

const isProblem = ({ level }: CiFinding): boolean => level === 'problem'
const textOf = ({ what, details, next }: CiFinding): string =>
  [what, ...details.map((each) => `- ${each}`), next].join('\n')
const titleOf = ({ revision, message }: RevisionTest): string => (message === revision ? '' : oneLine(message))

/** What people get: of the pairs of branches in conflict the first, and how many follow. */
function listedFindings(findings: readonly CiFinding[]): {
  readonly listed: readonly CiFinding[]
  readonly more: readonly string[]
} {
  const omitted = new Set(findings.filter(({ check }) => check === 'branches').slice(shownPairs))
  return {
    listed: findings.filter((each) => !omitted.has(each)),
    more: omitted.size === 0 ? [] : [`and ${plural(omitted.size, 'more pair')} of branches in conflict`],
  }
}

function verdictOf({ revisions, findings }: CiReport): string {
  const problems = findings.filter(isProblem).length
  const added = revisions.length === 0 ? 'no new revision' : plural(revisions.length, 'new revision')
  return `${added}, ${problems === 0 ? 'no problem' : plural(problems, 'problem')}`
}

/** For people who read a log. */
export function ciText(report: CiReport): string {
  const { base, revisions, findings } = report
  const lines = revisions.map((test) => {
    const word = test.findings.length > 0 ? 'problem' : test.outcome === 'tested' ? 'ok' : test.outcome
    return `${word}  ${test.tier}:${test.revision}  ${titleOf(test)}`.trimEnd()
  })
  const { listed, more } = listedFindings(findings)
  const found = listed.map(({ check, kind, level, what, details, next, file }) =>
    [
      `${level === 'problem' ? 'problem' : 'note'} (${check}, ${kind}): ${oneLine(what)}`,
      ...(file === undefined ? [] : [`  in ${file}`]),
      ...details.map((each) => `  - ${oneLine(each)}`),
      `  ${oneLine(next)}`,
    ].join('\n'),
  )
  return [`${base.name}, left at ${base.fork.slice(0, 12)}: ${verdictOf(report)}`, ...lines, ...found, ...more].join(
    '\n',
  )
}

/** Data and properties of a workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
const escapes: Readonly<Record<string, string>> = { '%': '%25', '\r': '%0D', '\n': '%0A', ':': '%3A', ',': '%2C' }
const ofData = (text: string): string => text.replace(/[%\r\n]/g, (each) => escapes[each] ?? each)
const ofProperty = (text: string): string => text.replace(/[%\r\n:,]/g, (each) => escapes[each] ?? each)

/** Findings as GitHub shows them beside the lines of a change. `path` is what the repository calls a file. */
export function githubAnnotations({ findings }: CiReport, path: (file: string) => string): readonly string[] {
  return findings.map((finding) => {
    const where = finding.file === undefined ? '' : `file=${ofProperty(path(finding.file))},line=1,`
    const command = isProblem(finding) ? 'error' : 'notice'
    return `::${command} ${where}title=${ofProperty(`migrate: ${finding.kind}`)}::${ofData(textOf(finding))}`
  })
}

/** A report as code scanning reads it: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export function sarif({ findings }: CiReport, path: (file: string) => string, otherwise: string): string {
  const idOf = ({ check, kind }: CiFinding): string => `${check}/${kind}`.replaceAll(' ', '-')
  const rules = new Map(findings.map((each) => [idOf(each), { id: idOf(each), shortDescription: { text: each.kind } }]))
  const results = findings.map((finding) => ({
    ruleId: idOf(finding),
    level: isProblem(finding) ? 'error' : 'note',
    message: { text: textOf(finding) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(path(finding.file ?? otherwise)) },
          region: { startLine: 1 },
        },
      },
    ],
  }))
  const driver = { name: 'migrate', rules: [...rules.values()] }
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results }],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

/** As a test case: one for each new revision, and one for the rest. */
export function ciJunit({ revisions, findings }: CiReport): string {
  const remaining = findings.filter((each) => each.check !== 'revision' && isProblem(each))
  const filesCase: JunitCase = {
    classname: 'check',
    name: 'files, base branch and branches',
    seconds: 0,
    failures: remaining.map(({ kind, what, details, next }) => ({ kind, what, body: [...details, next].join('\n') })),
  }
  return junit('migrate check', 'check', [filesCase, ...revisions.map(revisionCase)])
}

/** What would be markup is shown as it is written. */
const ofCell = (text: string): string => oneLine(text).replace(/[\\`*_[\]<>|&#]/g, (each) => `\\${each}`)

function row(test: RevisionTest): string {
  const { revision, outcome, findings, losses, steps } = test
  const verdict = findings.length > 0 ? plural(findings.length, 'problem') : outcome
  const upgrade = steps.find(({ direction }) => direction === 'up')
  const cells = [
    revision,
    titleOf(test),
    upgrade === undefined ? '' : duration(upgrade.ms),
    heldLocks(test),
    losses.map(lossText).join('; '),
    verdict,
  ]
  return `| ${cells.map(ofCell).join(' | ')} |`
}

/** By which the comment of an earlier run is found again. */
export const commentMarker = '<!-- migrate check -->'

/** For a comment of a pull request. `picture`: what the change makes of the schema, in Mermaid. */
export function markdown(report: CiReport, picture: string | undefined): string {
  const { revisions, findings } = report
  const table = [
    '| revision | what it does | upgrade | locks | a downgrade loses | result |',
    '|---|---|---|---|---|---|',
    ...revisions.map(row),
  ]
  const { listed, more } = listedFindings(findings)
  const items = listed.map(
    (each) =>
      `- **${isProblem(each) ? 'Problem' : 'Note'}: ${ofCell(each.kind)}.** ${[each.what, ...each.details, each.next].map(ofCell).join('<br>')}`,
  )
  return [
    commentMarker,
    `### Migrations: ${verdictOf(report)}`,
    ...(revisions.length === 0 ? [] : ['', ...table]),
    ...(items.length === 0 ? [] : ['', ...items, ...more.map((each) => `- ${each}`)]),
    ...(picture === undefined
      ? []
      : ['', '<details><summary>Schema</summary>', '', '```mermaid', picture, '```', '', '</details>']),
    '',
  ].join('\n')
}
