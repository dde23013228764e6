import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { graph, type RevisionHeader } from '@org/migrate-core/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function scan(text: string, name = 'a1_add_locale.ts'): Promise<RevisionHeader> {
  writeFileSync(join(folder, name), text)
  const [header] = await graph(folder).source.headers()
  if (header === undefined) throw new Error('no header')
  // Message and hash are worked out when asked for: now, before the next scan writes another text into the file.
  return { ...header }
}

const plain = "export const revision = 'a1'\nexport const downRevision = null\n"

describe('the header of a revision file is read without running it', () => {
  test('every form of literal', async () => {
    const header = await scan(`
      export const revision: string = "a1" as const;
      export const downRevision: readonly string[] | null = [ 'b\\u0031', // the first
        "b2", /* and */ 'b3',
      ] as const satisfies readonly string[]
      export const branchLabels: readonly string[] = []
      export const dependsOn = null
      export const compatibleWith = \`old\`
      throw new Error('ran')
    `)
    expect(header).toMatchObject({
      revision: 'a1',
      parents: ['b1', 'b2', 'b3'],
      branchLabels: [],
      dependsOn: [],
      compatibleWith: ['old'],
      source: join(folder, 'a1_add_locale.ts'),
    })
  })

  test('types that a formatter broke into lines', async () => {
    const broken =
      "export const revision = 'a1'\nexport const downRevision:\n  | string // one, or = two\n  | readonly string[]\n  | null = 'b1'\n"
    expect(await scan(broken)).toMatchObject({ revision: 'a1', parents: ['b1'] })
    expect(
      await scan(`export const revision = 'a1'\nexport const downRevision: string |\n  null = null\n`),
    ).toMatchObject({
      parents: [],
    })
  })

  test.each(['\\u{110000}', '\\uZ', '\\x'])(
    'an escape that JavaScript does not know is an error: %s',
    async (written) => {
      await expect(
        scan(`export const revision = 'a${written}'\nexport const downRevision = null\n`),
      ).rejects.toMatchObject({
        code: 'HEADER_INVALID',
        details: { why: 'not-static', line: 1, name: 'revision' },
      })
    },
  )

  test('what compilers make of it: var, an export list, exports.x', async () => {
    expect(await scan('var revision = "a1", downRevision = "b1";\nexport { revision, downRevision };')).toMatchObject({
      revision: 'a1',
      parents: ['b1'],
    })
    const commonJs =
      '"use strict";\nexports.revision = exports.downRevision = void 0;\nexports.revision = "c1";\nmodule.exports.downRevision = null;'
    rmSync(join(folder, 'a1_add_locale.ts'))
    expect(await scan(commonJs, 'c1_x.cjs')).toMatchObject({ revision: 'c1', parents: [] })
  })

  test('look-alikes in comments, strings, templates, regular expressions and functions are not headers', async () => {
    const header = await scan(`
      // export const revision = 'no1'
      /* export const revision = 'no2' */
      const a = "export const revision = 'no3'"
      const b = \`export const revision = 'no4' \${ { x: \`}\${ 1 }\` }.x } const revision = 'no5'\`
      const c = /['"\`/{]/.test('x') ? 4 / 2 / 1 : /const revision = 'no6'/
      function f() { const revision = 'no7'; return /}/ }
      class G { static { const downRevision = 'no8' } }
      ${plain}
      export function upgrade() { const dependsOn = ['no9']; const branchLabels = compute() }
    `)
    expect(header).toMatchObject({ revision: 'a1', parents: [], dependsOn: [], branchLabels: [] })
  })

  test('CRLF and a byte order mark change neither the header nor the hash', async () => {
    const text = '/** add locale */\nexport const revision = "a1"\nexport const downRevision = "b1"\n'
    const first = await scan(text)
    const second = await scan(`\uFEFF${text.replaceAll('\n', '\r\n')}`)
    expect(second).toMatchObject({ revision: 'a1', parents: ['b1'], message: 'add locale' })
    expect(second.textHash).toBe(first.textHash)
    expect(first.textHash).toMatch(/^[0-9a-f]{64}$/)
    expect((await scan(text.replace('locale', 'locales'))).textHash).not.toBe(first.textHash)
  })

  test.each([
    ['a call', "export const revision = 'a1'\n\nexport const downRevision = parent()\n", 'downRevision', 3],
    ['a sum', "export const revision = 'a' + '1'\nexport const downRevision = null", 'revision', 1],
    ['a sum on the next line', "export const revision = 'a'\n  + '1'\nexport const downRevision = null", 'revision', 1],
    ['a method', "export const revision = 'a1'.trim()\nexport const downRevision = null", 'revision', 1],
    ['a name', `${plain}export const dependsOn = [other]`, 'dependsOn', 3],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a file
    ['a template with a hole', 'export const revision = `a${1}`\nexport const downRevision = null', 'revision', 1],
    ['no value', 'export let revision\nexport const downRevision = null', 'revision', 1],
  ])('%s is HEADER_INVALID with its line', async (_what, text, name, line) => {
    await expect(scan(text)).rejects.toMatchObject({
      code: 'HEADER_INVALID',
      details: { file: join(folder, 'a1_add_locale.ts'), name, why: 'not-static', line },
    })
  })

  test('a missing constant is HEADER_INVALID and named', async () => {
    await expect(scan('export const downRevision = null')).rejects.toMatchObject({
      code: 'HEADER_INVALID',
      details: { name: 'revision', why: 'missing' },
    })
    await expect(scan("export const revision = 'a1'")).rejects.toMatchObject({
      code: 'HEADER_INVALID',
      details: { name: 'downRevision', why: 'missing' },
    })
  })

  test.each([
    ['/** accounts get a locale — Revises 9b01d2ee6a54 — 2026-11-20 */\n', 'accounts get a locale'],
    ['/**\n * Accounts get\n * a locale.\n *\n * Revises: 9b01\n */\n', 'Accounts get a locale'],
    ['/** split Revises 9b01 */\n', 'split'],
    ['// licence\n/** two */\n', 'two'],
    ['/** Revises 9b01 */\n', 'add locale'],
    ['', 'add locale'],
    ["import { x } from 'y'\n/** of x */\n", 'add locale'],
  ])('the message of %j is %j', async (docblock, message) => {
    expect((await scan(docblock + plain)).message).toBe(message)
  })

  // In the square of its length it would not come to an end.
  test('a long text is scanned to its end, however hostile', async () => {
    const text = `${'/**/'.repeat(50_000)}${'`${'.repeat(20_000)}${'}`'.repeat(20_000)}\n${'('.repeat(50_000)}${')'.repeat(50_000)}\n`
    expect(await scan(text + plain)).toMatchObject({ revision: 'a1' })
  })
})
