import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createRevisionGraph, type RevisionHeader } from '@org/migrate-core'
import {
  type Draft,
  type DraftOptions,
  draftRevision,
  type FileNaming,
  graph,
  makeFile,
  revisionPath,
  revisionText,
  rewriteParents,
} from '@org/migrate-core/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = new Date('2026-11-20T23:05:09.900Z')

async function graphIn(files: Readonly<Record<string, string>> = {}) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return createRevisionGraph<RevisionHeader>(await graph(folder, { recursive: true }).source.headers())
}
const header = (id: string, down: string | readonly string[] | null = null, more = ''): string =>
  `export const revision = '${id}'\nexport const downRevision = ${JSON.stringify(down)}\n${more}export function upgrade() {}\n`

const draft = (more: Partial<Draft> = {}): Draft => ({
  revision: '4f2a91c07b3e',
  parents: ['9b01d2ee6a54'],
  dependsOn: [],
  branchLabels: [],
  message: 'accounts get a locale',
  at,
  ...more,
})

describe('the text of a new revision', () => {
  test('is the same for the same draft', () => {
    expect(revisionText(draft())).toBe(`/** accounts get a locale — Revises 9b01d2ee6a54 — 2026-11-20T23:05:09Z */
import type { OperationRecorder } from '@org/migrate-core'

export const revision = '4f2a91c07b3e'
export const downRevision = '9b01d2ee6a54'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  // op.createTable('accounts', (t) => { … })
  // op.run('fill accounts', { up: fillAccounts, down: 'none', from: ['users.email'] })
  // \`from\` names what a data step computes from: a preserved value comes back only where that has not changed since the downgrade.
}

// No downgrade: it is derived from what upgrade records. Export \`downgrade(op)\` to say it yourself.
`)
  })

  test('of a merge has its parents in their order and nothing to do', () => {
    const merge = draft({ parents: ['b1', 'c1'], message: '', branchLabels: ['main'], dependsOn: ['x1', 'billing'] })
    expect(
      revisionText(merge, { timeZone: 'America/St_Johns' }),
    ).toBe(`/** Revises b1, c1 — 2026-11-20T19:35:09-03:30 */
import type { OperationRecorder } from '@org/migrate-core'

export const revision = '4f2a91c07b3e'
export const downRevision = ['b1', 'c1']
export const branchLabels: readonly string[] = ['main']
export const dependsOn: readonly string[] = ['x1', 'billing']

export function upgrade(_op: OperationRecorder) {}
`)
  })

  test('says whatever the message was, and is read again with the same header', async () => {
    const messages = [`end */ of 'it' "all" \`x\` \${y}`, 'Revises nothing — or does it', 'a\\b — c', '{{rev}} $& $1']
    for (const message of messages) {
      const text = revisionText(draft({ parents: [], message }))
      writeFileSync(join(folder, 'x.ts'), text)
      const [firstHeader] = await graph(folder).source.headers()
      expect(firstHeader).toMatchObject({ revision: '4f2a91c07b3e', parents: [] })
      await expect(graph(folder).source.module('4f2a91c07b3e')).resolves.toMatchObject({
        upgrade: expect.any(Function),
      })
    }
    const [firstHeader] = await graph(folder).source.headers()
    expect(firstHeader?.message).toBe('{{rev}} $& $1')
  })

  test('of a template of their own is that template, with its tokens filled', () => {
    const text = `// {{header}}\n// {{year}} {{ epoch }}\nexport const revision = {{revision}}\nexport const downRevision = {{downRevision}}\n`
    expect(revisionText(draft({ parents: [] }), { template: { file: '/t.ts', text } })).toBe(
      `// accounts get a locale — Revises <base> — 2026-11-20T23:05:09Z\n// 2026 1795215909\nexport const revision = '4f2a91c07b3e'\nexport const downRevision = null\n`,
    )
  })

  test.each([
    ['a token that there is none of', 'export const revision = {{rivision}}', 'INVALID_OPTION', '{{rivision}}'],
    ['no header', 'export function upgrade() {}\n', 'HEADER_INVALID', '/t.ts'],
    [
      'the header of another revision',
      "export const revision = {{revision}}\nexport const downRevision = 'a1'\n",
      'HEADER_INVALID',
      '"a1"',
    ],
  ])('a template with %s is refused', (_what, text, code, message) => {
    expect(() => revisionText(draft(), { template: { file: '/t.ts', text } })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
  })
})

describe('the place of a new file', () => {
  const naming: readonly (readonly [FileNaming, string])[] = [
    [{}, '20261120T230509_4f2a91c07b3e_accounts_get_a_locale.ts'],
    [{ timeZone: 'Asia/Tokyo' }, '20261120T230509_4f2a91c07b3e_accounts_get_a_locale.ts'],
    [{ name: '{{rev}}_{{slug}}' }, '4f2a91c07b3e_accounts_get_a_locale.ts'],
    [{ slugLength: 15 }, '20261120T230509_4f2a91c07b3e_accounts_get_a.ts'],
    [{ slugLength: 4 }, '20261120T230509_4f2a91c07b3e_acco.ts'],
    [{ name: '{{year}}{{month}}{{day}}_{{hour}}{{minute}}{{second}}_{{rev}}' }, '20261120_230509_4f2a91c07b3e.ts'],
    [
      { name: '{{year}}/{{month}}/{{day}}-{{slug}}-{{rev}}', timeZone: 'Asia/Tokyo' },
      '2026/11/21-accounts_get_a_locale-4f2a91c07b3e.ts',
    ],
    [{ name: '{{epoch}}_{{ rev }}' }, '1795215909_4f2a91c07b3e.ts'],
  ]
  test.each(naming)('%j', async (settings, name) => {
    const knownGraph = await graphIn({ 'a.ts': header('9b01d2ee6a54') })
    const location = revisionPath(draft(), knownGraph, { folders: [folder], recursive: true }, settings)
    expect(location).toBe(join(folder, name))
  })

  test.each([
    ['', '20261120T230509_4f2a91c07b3e.ts'],
    ['!?', '20261120T230509_4f2a91c07b3e.ts'],
    ['Größe & Länge der 漢字', '20261120T230509_4f2a91c07b3e_größe_länge_der_漢字.ts'],
    ['../../etc/passwd', '20261120T230509_4f2a91c07b3e_etc_passwd.ts'],
  ])('a message %j', async (message, name) => {
    const location = revisionPath(draft({ message, parents: [] }), await graphIn(), {
      folders: [folder],
      recursive: false,
    })
    expect(location).toBe(join(folder, name))
  })

  test.each([
    ['a token that there is none of', { name: '{{id}}' }, false, '{{id}}'],
    ['folders where sub-folders are not read', { name: '{{year}}/{{rev}}' }, false, 'recursive'],
    ['a way out', { name: '../{{rev}}' }, true, 'names no file'],
    ['an absolute path', { name: '/{{rev}}' }, true, 'names no file'],
    ['a name that is passed by', { name: '{{rev}}.test' }, true, 'passed by'],
    ['a hidden folder', { name: '.old/{{rev}}' }, true, 'passed by'],
    ['no time zone', { timeZone: 'Mars/Base' }, false, 'Mars/Base'],
  ] as const)('%s is refused', async (_what, settings, recursive, message) => {
    const knownGraph = await graphIn()
    expect(() => revisionPath(draft({ parents: [] }), knownGraph, { folders: [folder], recursive }, settings)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) }),
    )
  })

  test('is the location of the first parent; a new root has to say which, and only what is read may be named', async () => {
    const knownGraph = await graphIn({ 'billing/old/b1.ts': header('b1'), 'search/s1.ts': header('s1') })
    const [billing, search] = [join(folder, 'billing'), join(folder, 'search')]
    const locations = { folders: [billing, search], recursive: true }
    const location = (parents: readonly string[], settings = {}): string =>
      revisionPath(draft({ parents, message: '' }), knownGraph, locations, settings)
    expect(location(['b1', 's1'])).toBe(join(billing, '20261120T230509_4f2a91c07b3e.ts'))
    expect(location(['s1'])).toBe(join(search, '20261120T230509_4f2a91c07b3e.ts'))
    expect(location([], { folder: search })).toBe(join(search, '20261120T230509_4f2a91c07b3e.ts'))
    expect(location([], { folder: join(billing, 'old') })).toBe(join(billing, 'old/20261120T230509_4f2a91c07b3e.ts'))
    const versionPath = expect.objectContaining({
      code: 'INVALID_OPTION',
      details: expect.objectContaining({ option: 'versionPath' }),
    })
    expect(() => location([])).toThrow(versionPath)
    expect(() => location([], { folder })).toThrow(versionPath)
    expect(() => location([], { folder: `${billing}-2` })).toThrow(versionPath)
  })

  test.each([
    ['20261120T230509_9b01d2ee6a54_x.ts', '20261120T230510'],
    ['20261231T235959_9b01d2ee6a54.ts', '20270101T000000'],
    ['99991231T235959_9b01d2ee6a54_x.ts', '99991231T235959'],
    ['20261101T000000_9b01d2ee6a54_x.ts', '20261120T230509'],
    ['20269999T999999_9b01d2ee6a54_x.ts', '20261120T230509'],
    ['9b01d2ee6a54_x.ts', '20261120T230509'],
  ])('sorts after its parent %s', async (parent, timestamp) => {
    const knownGraph = await graphIn({ [parent]: header('9b01d2ee6a54') })
    const location = revisionPath(draft(), knownGraph, { folders: [folder], recursive: false })
    expect(location).toBe(join(folder, `${timestamp}_4f2a91c07b3e_accounts_get_a_locale.ts`))
  })

  test('sorts after a parent in SQL, and its words are the message where the file has none', async () => {
    const knownGraph = await graphIn({
      '20261120T230509_a1_first_words/up.sql': '-- revision: a1\n-- revises: <base>\nSELECT 1;\n',
      '20261120T230510_b1_second_words.ts': header('b1', 'a1'),
      'c1_third.ts': header('c1', 'b1'),
    })
    expect(
      knownGraph.order.map((id) => knownGraph.get(id)).map(({ revision, message }) => [revision, message]),
    ).toEqual([
      ['a1', 'first words'],
      ['b1', 'second words'],
      ['c1', 'third'],
    ])
    const locations = { folders: [folder], recursive: false }
    expect(revisionPath(draft({ parents: ['a1'] }), knownGraph, locations)).toMatch(/\/20261120T230510_4f2a/)
    expect(revisionPath(draft({ parents: ['c1'] }), knownGraph, locations)).toMatch(/\/20261120T230509_4f2a/)
  })

  test('is not where a name differs only in case, or where another form of the file lies', async () => {
    for (const name of ['20261120T230509_4F2A91C07B3E.ts', '20261120T230509_4f2a91c07b3e.js']) {
      writeFileSync(join(folder, name), header('4f2a91c07b3e'))
      expect(() =>
        revisionPath(draft({ parents: [], message: '' }), createRevisionGraph<RevisionHeader>([]), {
          folders: [folder],
          recursive: false,
        }),
      ).toThrow(expect.objectContaining({ code: 'FILE_NOT_WRITTEN', message: expect.stringContaining(name) }))
      rmSync(join(folder, name))
    }
  })
})

describe('a draft', () => {
  const on = async (options: DraftOptions) =>
    draftRevision(
      await graphIn({
        'a.ts': header('aaaa1', null, "export const branchLabels = ['main']\n"),
        'b.ts': header('bbbb1', 'aaaa1'),
      }),
      options,
    )

  test('has twelve random hex digits for an id, and what is named by beginnings or labels as it is', async () => {
    const [one, other] = [await on({ message: ' two\n words ' }), await on({})]
    expect(one).toMatchObject({ parents: ['bbbb1'], message: 'two words', branchLabels: [], dependsOn: [] })
    expect(one.revision).toMatch(/^[0-9a-f]{12}$/)
    expect(other.revision).not.toBe(one.revision)
    expect(await on({ head: 'base', dependsOn: ['bbbb', 'main', 'bbbb1'], revision: 'x1', at })).toMatchObject({
      revision: 'x1',
      parents: [],
      dependsOn: ['bbbb1', 'main'],
      at,
    })
  })

  test.each([
    [{ revision: 'a-b' }, 'ILLEGAL_REVISION_ID'],
    [{ revision: '../x' }, 'ILLEGAL_REVISION_ID'],
    [{ revision: 'aaaa1' }, 'DUPLICATE_REVISION'],
    [{ branchLabels: ['main'] }, 'DUPLICATE_LABEL'],
    [{ branchLabels: ['a@b'] }, 'ILLEGAL_REVISION_ID'],
    [{ head: 'aaaa1' }, 'NOT_A_HEAD'],
    [{ head: 'none' }, 'UNKNOWN_REVISION'],
    [{ dependsOn: ['none'] }, 'UNKNOWN_REVISION'],
    [{ dependsOn: ['base'] }, 'UNKNOWN_REVISION'],
  ] as const)('%j is %s', async (options, code) => {
    await expect(on(options)).rejects.toMatchObject({ code })
  })
})

describe('a file that is made', () => {
  test('comes with its folders, and is never written over', () => {
    const file = join(folder, 'a/b/c.ts')
    makeFile(file, 'one')
    expect(() => makeFile(file, 'two')).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_WRITTEN', message: expect.stringContaining('there already') }),
    )
    expect(readFileSync(file, 'utf8')).toBe('one')
  })

  test('that cannot be made leaves nothing behind', () => {
    const name = `${'x'.repeat(300)}.ts`
    expect(() => makeFile(join(folder, 'a/b', name), '')).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_WRITTEN', message: expect.stringContaining('too long') }),
    )
    expect(() => makeFile(join(folder, 'a', name, 'c.ts'), '')).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_WRITTEN' }),
    )
    expect(readdirSync(folder)).toEqual([])
    writeFileSync(join(folder, 'file'), '')
    expect(() => makeFile(join(folder, 'file/c.ts'), '')).toThrow(
      expect.objectContaining({ code: 'FILE_NOT_WRITTEN', message: expect.stringContaining('no folder') }),
    )
    expect(readdirSync(folder)).toEqual(['file'])
  })
})

describe('other parents', () => {
  test.each([
    [
      'the constant and the comment',
      "/** x — Revises a1 — 2026 */\nexport const revision = 'b1'\nexport const downRevision = 'a1'\n// Revises a1\n",
      "/** x — Revises c1 — 2026 */\nexport const revision = 'b1'\nexport const downRevision = 'c1'\n// Revises a1\n",
    ],
    [
      'with types, double quotes, CRLF and a BOM',
      '\uFEFF/**\r\n * Revises: a1\r\n */\r\nexport const revision: string = "b1";\r\nexport const downRevision: string | null = "a1" as const;\r\n',
      '\uFEFF/**\r\n * Revises: c1\r\n */\r\nexport const revision: string = "b1";\r\nexport const downRevision: string | null = "c1" as const;\r\n',
    ],
    [
      'a comment that says something else stays',
      "/** Revises a1x, or the a1 */\nexport const revision = 'b1'\nexport const downRevision = 'a1'",
      "/** Revises a1x, or the a1 */\nexport const revision = 'b1'\nexport const downRevision = 'c1'",
    ],
    [
      'of a root, the constant before the id',
      "// Revises <base>\nexport const downRevision /* none */ = /* yet */ null // here\nexport const revision = 'b1'\n",
      "// Revises c1\nexport const downRevision /* none */ = /* yet */ 'c1' // here\nexport const revision = 'b1'\n",
    ],
    [
      'CommonJS',
      "'use strict'\nexports.downRevision = exports.revision = void 0\nexports.revision = 'b1'\nexports.downRevision = ['a1']\n",
      "'use strict'\nexports.downRevision = exports.revision = void 0\nexports.revision = 'b1'\nexports.downRevision = 'c1'\n",
    ],
  ])('%s', (_what, before, after) => {
    const file = join(folder, 'b1.ts')
    writeFileSync(file, before)
    rewriteParents(file, ['c1'])
    expect(readFileSync(file, 'utf8')).toBe(after)
    expect(readdirSync(folder)).toEqual(['b1.ts'])
  })

  test('keep the mode of the file and the link to it', () => {
    const [file, link] = [join(folder, 'real.ts'), join(folder, 'b1.ts')]
    writeFileSync(file, header('b1', 'a1'))
    chmodSync(file, 0o640)
    symlinkSync('real.ts', link)
    rewriteParents(link, ['c1', 'd1'])
    expect(readFileSync(file, 'utf8')).toContain('downRevision = ["c1", "d1"]')
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(existsSync(link)).toBe(true)
  })

  test('are not written into what is no UTF-8, or says nothing of parents', () => {
    const file = join(folder, 'b1.ts')
    const bytes = Buffer.concat([Buffer.from(header('b1', 'a1')), Buffer.from([0xff])])
    writeFileSync(file, bytes)
    expect(() => rewriteParents(file, ['c1'])).toThrow(expect.objectContaining({ code: 'REVISION_UNREADABLE' }))
    expect(readFileSync(file)).toEqual(bytes)
    writeFileSync(file, "export const revision = 'b1'")
    expect(() => rewriteParents(file, ['c1'])).toThrow(expect.objectContaining({ code: 'HEADER_INVALID' }))
  })
})
