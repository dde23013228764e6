import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import {
  createMigrator,
  type Migrator,
  type MigratorOptions,
  type OperationRecorder,
  type StepDatabase,
} from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { declarations } from '../../../apps/cli/src/commands/declarations/index.ts'
import { exitCodes } from '../../../apps/cli/src/exit-codes.ts'
import { parse } from '../../../apps/cli/src/program.ts'
import { tableOperations } from '../../../packages/core/src/operations/recorder/table-operations.ts'
import { blocksOf } from '../examples/scenario.ts'
import { root } from '../tree.ts'
import { typeErrors } from './type-errors.ts'

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...[
    'packages/core',
    'packages/autogenerate',
    'packages/conformance',
    'packages/dialect-sqlite',
    'packages/dialect-postgres',
    'packages/dialect-mysql',
    'packages/drizzle',
    'packages/schema',
    'apps/cli',
  ].map((home) => `${home}/README.md`),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

describe('examples in the pages', () => {
  test('are right by their types', () => {
    const examples = new Map(
      pages.flatMap((page) =>
        blocksOf(textOf(page))
          .filter(({ language }) => language === 'ts')
          .map(({ text, line }) => [`${page.replaceAll(/[/.]/g, '-')}-line-${line}.ts`, text] as const),
      ),
    )
    expect(examples.size).toBeGreaterThan(15)
    expect(typeErrors(examples)).toEqual([])
  })

  test('would be seen if they were wrong', () => {
    const wrong = "import { integer } from '@org/migrate-core'\n\nexport const a: string = integer()\n"
    expect(typeErrors(new Map([['wrong.ts', wrong]]))).toEqual([expect.stringMatching(/^wrong\.ts:3: /)])
  })
})

/** The anchor that a heading gets where Markdown is shown. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

function brokenLinks(page: string, text: string): readonly string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return []
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? join(root, page) : resolve(root, dirname(page), path)
    if (!existsSync(target)) return [`${page}: ${link} leads nowhere`]
    if (anchor === undefined) return []
    const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1] ?? ''))
    return headings.includes(anchor) ? [] : [`${page}: ${link} has no such heading`]
  })
}

describe('links', () => {
  test.each(pages)('%s leads somewhere', (page) => {
    expect(brokenLinks(page, textOf(page))).toEqual([])
  })

  test('that lead nowhere are seen', () => {
    expect(
      brokenLinks(
        'README.md',
        '[a](docs/none.md) [b](docs/reference/cli.md#none) [c](docs/reference/cli.md#exit-codes)',
      ),
    ).toHaveLength(2)
  })

  test('paths in ARCHITECTURE.md exist', () => {
    const paths = [...textOf('ARCHITECTURE.md').matchAll(/`((?:packages|apps|test|docs)\/[^`{}<>]*)`/g)].map(
      ([, path = '']) => path,
    )
    expect(paths.length).toBeGreaterThan(15)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('lists are complete', () => {
  const lists: readonly (readonly [string, string, Readonly<Record<string, true>>])[] = [
    [
      'docs/reference/migrator.md',
      'the options of a migrator',
      {
        dialect: true,
        tiers: true,
        tables: true,
        preserve: true,
        transaction: true,
        heads: true,
        ignoreForeignHistory: true,
        waitMs: true,
        lockWaitMs: true,
        leaseMs: true,
        lockTimeoutMs: true,
        statementTimeoutMs: true,
        lockRetries: true,
        stepIdleMs: true,
        backupCommand: true,
        recordedBy: true,
        arguments: true,
        onEvent: true,
        beforeRevision: true,
        afterRevision: true,
        afterHead: true,
        hookTimeoutMs: true,
      } satisfies Record<keyof MigratorOptions, true>,
    ],
    [
      'docs/reference/migrator.md',
      'the methods of a migrator',
      {
        status: true,
        ensure: true,
        lock: true,
        resume: true,
        plan: true,
        script: true,
        run: true,
        upgrade: true,
        downgrade: true,
        stamp: true,
        history: true,
        preserved: true,
      } satisfies Record<keyof Migrator, true>,
    ],
    [
      'docs/reference/revisions.md',
      'what a data step can do',
      {
        dialect: true,
        arguments: true,
        query: true,
        execute: true,
        transaction: true,
        preserve: true,
        restore: true,
        readPreserved: true,
        backfill: true,
        updateEach: true,
        report: true,
        tableNames: true,
        columns: true,
        indexes: true,
        uniqueConstraints: true,
        primaryKey: true,
      } satisfies Record<keyof StepDatabase, true>,
    ],
  ]

  test.each(lists)('%s has %s', (page, _what, names) => {
    const text = textOf(page)
    expect(Object.keys(names).filter((name) => !new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``).test(text))).toEqual([])
  })

  test('docs/reference/cli.md has every command and option that --help names', () => {
    const parsed = parse(['--help'], '0.0.0')
    const help = 'text' in parsed ? parsed.text : ''
    const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name = '']) => name)
    const commands = Object.values(declarations).flatMap((group) => group.map(({ name }) => name))
    for (const name of commands) expect(help).toMatch(new RegExp(`^ {2}${name} `, 'm'))
    const expected = [...options, ...commands].filter((name) => !['--help', '--version'].includes(name))
    expect(expected.filter((name) => !new RegExp(`\`${name}[ \`]`).test(textOf('docs/reference/cli.md')))).toEqual([])
  })

  test('docs/reference/cli.md has every exit code', () => {
    const documented = [...textOf('docs/reference/cli.md').matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes = '']) =>
      codes.split(', ').map(Number),
    )
    expect(documented.sort()).toEqual(Object.values(exitCodes).sort())
  })

  test('docs/reference/revisions.md has every call of the recorder', () => {
    type Call = keyof OperationRecorder
    const calls: readonly Call[] = [
      ...(Object.keys(tableOperations) as (keyof typeof tableOperations)[]),
      'createTable',
      'dropTable',
      'renameTable',
      'alterTable',
      'createSchema',
      'createEnum',
      'createView',
      'replaceView',
      'renameView',
      'dropView',
      'createTrigger',
      'dropTrigger',
      'createSequence',
      'createExtension',
      'insertRows',
      'expectNone',
      'sql',
      'run',
      'on',
    ]
    expect(calls.filter((call) => !textOf('docs/reference/revisions.md').includes(`\`${call}\``))).toEqual([])
  })
})

describe('the rebuild in docs/reference/sqlite.md', () => {
  const page = textOf('docs/reference/sqlite.md')
  const blocks = blocksOf(page)
  const revision = blocks.find(({ text }) => text.includes("revision = '4f2a91c07b3e'"))
  const shown = blocks.find(({ language, line }) => language === 'sql' && line > (revision?.line ?? 0))

  test('gives the SQL that stands below it', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-readme-')))
    try {
      const migrations = join(folder, 'migrations')
      mkdirSync(migrations)
      mkdirSync(join(folder, 'node_modules/@org'), { recursive: true })
      symlinkSync(join(root, 'packages/core'), join(folder, 'node_modules/@org/migrate-core'))
      writeFileSync(join(migrations, '4f2a91c07b3e_locale.ts'), revision?.text ?? '')
      writeFileSync(
        join(migrations, '9b01d2ee6a54_accounts.ts'),
        [
          "export const revision = '9b01d2ee6a54'",
          'export const downRevision = null',
          'export function upgrade(op) {',
          "  op.createTable('accounts', (t) => {",
          "    t.column('id', { kind: 'integer', bits: 32 }, { nullable: false })",
          "    t.column('email', { kind: 'text' })",
          "    t.primaryKey(['id'])",
          '  })',
          '}',
        ].join('\n'),
      )
      const migrator = createMigrator({
        dialect: sqliteDialect({ url: join(folder, 'a.db') }),
        tiers: [graph(migrations)],
      })
      await migrator.upgrade('9b01d2ee6a54')
      const { steps } = await migrator.plan()
      const sql = steps
        .flatMap(({ operations }) => operations.flatMap(({ statements }) => statements.map((each) => `${each.sql};\n`)))
        .join('')
      // `UPDATE_DOCS=1` writes it into the page; look at it before you commit it.
      if (process.env.UPDATE_DOCS === '1')
        writeFileSync(
          join(root, 'docs/reference/sqlite.md'),
          page.replace(`\`\`\`sql\n${shown?.text ?? ''}`, () => `\`\`\`sql\n${sql}`),
        )
      else expect(shown?.text).toBe(sql)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
