import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRevisionGraph } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { hostileText, mutated } from './texts.ts'
import { Tally, verdict } from './verdict.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const templates: readonly string[] = [
  `/** Accounts get a locale — Revises a1 */
import { type OperationRecorder, varchar } from '@org/migrate-core'

export const revision = 'b1'
export const downRevision: string | null = null
export const branchLabels: readonly string[] = ['accounts']
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder): void {
  op.sql(\`SELECT '\${1}' /* x */ -- y\`)
}
`,
  "#!/usr/bin/env node\n'use strict'\nexports.revision = exports.downRevision = void 0\nexports.revision = 'c1'\nexports.downRevision = [\"a1\", 'b\\u0031']\nexports.upgrade = (op) => /[/'\"]/.test(op)\n",
  "export const revision = 'd1', downRevision: readonly string[] | null = [] as const satisfies readonly string[]\n",
]
const pieces = [
  ...[
    "'",
    '"',
    '`',
    '${',
    '}',
    '{',
    '(',
    ')',
    '[',
    ']',
    '/',
    '/*',
    '*/',
    '//',
    '\\',
    '\n',
    '\r\n',
    '\r',
    '\ufeff',
    '\0',
  ],
  ...[
    '\u2028',
    'export const revision = ',
    'downRevision',
    ' = ',
    ';',
    ',',
    ' as const',
    ': string',
    '<',
    '>',
    '=>',
    '|',
  ],
  ...[
    '#!',
    '@',
    'null',
    '\\u{110000}',
    '\\u',
    '\\x',
    '='.repeat(300),
    '[ '.repeat(300),
    '${'.repeat(200),
    '`${'.repeat(99),
  ],
]

const literal = fc.oneof(
  hostileText.map((text) => JSON.stringify(text)),
  fc.array(hostileText, { maxLength: 3 }).map((hostileTexts) => JSON.stringify(hostileTexts)),
  fc.constantFrom('null', 'undefined', '1', 'id()', "'a' + 'b'", '`a`', '`${a}`', '[null]', '[]', "['a',]", '{}'),
)
const written = fc
  .tuple(hostileText, literal, literal, literal)
  .map(
    ([message, revision, down, labels]) =>
      `/** ${message} */\nexport const revision = ${revision}\nexport const downRevision = ${down}\nexport const branchLabels = ${labels}\n`,
  )

const hostileTexts = fc.oneof(
  { weight: 4, arbitrary: mutated(fc.constantFrom(...templates), pieces) },
  { weight: 2, arbitrary: written },
  { weight: 1, arbitrary: mutated(written, pieces) },
  { weight: 1, arbitrary: fc.constantFrom(...templates).map((text) => text.replaceAll('\n', '\r\n')) },
)

test('the header of any file is read, or the file is named with what is wrong', async () => {
  const tally = new Tally()
  const file = join(folder, 'x1_x.ts')
  await fc.assert(
    fc.asyncProperty(hostileTexts, fc.nat(3), async (text, broken) => {
      // Bytes that are no UTF-8, and the file of a write that was cut off.
      const bytes = Buffer.from(text, 'utf8')
      if (broken === 1 && bytes.length > 0) bytes[Math.floor(bytes.length / 2)] = 0xff
      writeFileSync(file, broken === 2 ? bytes.subarray(0, Math.floor(bytes.length * 0.7)) : bytes)
      tally.add(
        await verdict(async () => {
          const headers = await graph(folder).source.headers()
          for (const { message, textHash } of headers)
            expect([typeof message, typeof textHash]).toEqual(['string', 'string'])
          createRevisionGraph(headers)
        }),
      )
    }),
    { numRuns: Math.ceil(counts.hostileInputs * 0.35) },
  )
  console.log(`headers: ${tally}`)
  expect(tally.verdicts).toEqual(
    expect.arrayContaining(['done', 'HEADER_INVALID', 'ILLEGAL_REVISION_ID', 'MISSING_PARENT']),
  )
})
