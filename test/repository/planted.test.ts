import { describe, expect, test } from 'vitest'
import { plantedStarts } from './planted-starts.ts'
import { own, reasonsAreNeeded } from './rules/files.ts'
import { rules } from './rules.ts'
import { treeOf } from './tree.ts'

type FileTexts = { readonly [path: string]: string }

const manifest = (
  name: string,
  dependencies: Record<string, string> = {},
  entries: readonly string[] = ['.'],
): string =>
  JSON.stringify({ name, dependencies, exports: Object.fromEntries(entries.map((entry) => [entry, `${entry}.js`])) })

const packages: FileTexts = {
  'packages/core/package.json': manifest('@org/migrate-core', {}, ['.', './dialect']),
  'packages/dialect-sqlite/package.json': manifest('@org/migrate-dialect-sqlite', { '@org/migrate-core': '1' }, [
    '.',
    './internal',
  ]),
  'packages/schema/package.json': manifest('@org/migrate-schema', { '@org/migrate-core': '1' }),
  'apps/cli/package.json': manifest('@org/cli'),
}
const prose = (word: string, count: number): string =>
  Array.from({ length: count }, (_, at) => `export const ${word}${at} = ${at}\n`).join('')
const lines = (count: number): string => 'export const a = 1\n'.repeat(count)

/** For each promise: small trees that break it, and one that keeps it and looks as if it did not. */
const planted: {
  readonly [promise in keyof typeof rules]: { readonly breaks: readonly FileTexts[]; readonly complies: FileTexts }
} = {
  'packages import each other along the arrows': {
    breaks: [
      { 'packages/core/src/a.ts': "import '@org/migrate-dialect-sqlite'" },
      { 'packages/core/src/a.ts': "type A = import('@org/migrate-dialect-sqlite').A" },
      { 'packages/core/src/a.ts': "await import('@org/migrate-autogenerate')" },
      { 'packages/autogenerate/src/a.ts': "import '@org/migrate-dialect-sqlite'" },
      { 'packages/fleet/src/a.ts': "import '@org/migrate-dialect-sqlite'" },
      { 'packages/dialect-mysql/src/a.ts': "import type { A } from '@org/migrate-autogenerate'" },
      { 'packages/dialect-mysql/src/a.ts': "import type { A } from '@org/migrate-dialect-sqlite'" },
      { 'packages/dialect-mysql/src/a.ts': "export * from '@org/migrate-dialect-sqlite'" },
      { 'packages/schema/src/a.ts': "import { sqliteDialect } from '@org/migrate-dialect-sqlite'" },
      { 'packages/schema/src/database/connections.ts': "import '@org/migrate-dialect-sqlite/internal'" },
      { 'packages/dialect-sqlite/src/a.ts': "import type { A } from '@org/migrate-drizzle/sqlite'" },
      { 'packages/drizzle/src/sqlite/a.ts': "import '@org/migrate-dialect-mysql/internal'" },
      { 'packages/drizzle/src/sqlite/a.ts': "import { sqliteDialect } from '@org/migrate-dialect-sqlite'" },
      { 'packages/drizzle/src/read/a.ts': "import '@org/migrate-dialect-sqlite/internal'" },
      { 'packages/conformance/src/a.ts': "import '@org/migrate-dialect-sqlite'" },
      { 'apps/cli/src/wiring.ts': "await import('@org/migrate-schema')" },
      { 'examples/one/main.ts': "import '@org/migrate-schema/tiers'" },
    ],
    complies: {
      'packages/schema/src/a.ts': "import { toDrizzle } from '@org/migrate-drizzle/sqlite'",
      'packages/drizzle/src/sqlite.ts': "import type { A } from '@org/migrate-dialect-sqlite/internal'",
      'packages/autogenerate/src/a.ts': "import '@org/migrate-core/internal'",
      'packages/conformance/src/a.ts': "import '@org/migrate-core/dialect'\nimport '@org/migrate-autogenerate'",
      'apps/cli/migrate.config.ts': "import '@org/migrate-schema/tiers'",
      'test/a.test.ts': "import '@org/migrate-schema'",
    },
  },
  'the command line loads a dialect when it knows the URL': {
    breaks: [
      { 'apps/cli/src/wiring.ts': "import { sqliteDialect } from '@org/migrate-dialect-sqlite'" },
      { 'apps/cli/src/wiring.ts': "import { readDrizzle } from '@org/migrate-drizzle/sqlite'" },
    ],
    complies: {
      'apps/cli/src/wiring.ts':
        "import type { A } from '@org/migrate-dialect-sqlite'\nawait import('@org/migrate-dialect-sqlite')",
    },
  },
  'packages meet at their entries only': {
    breaks: [
      { 'apps/cli/src/a.ts': "import '../../../packages/core/src/a.ts'" },
      { 'packages/schema/src/a.ts': "import type { A } from '../../core/src/a.ts'" },
      { ...packages, 'apps/cli/src/a.ts': "import '@org/migrate-core/dist/model/edit.js'" },
      { ...packages, 'test/a.test.ts': "import '@org/migrate-core/model/edit'" },
      { 'examples/one/main.ts': "import '../../packages/core/src/index.ts'" },
      { 'bench/main.mjs': "import '../packages/core/src/index.ts'" },
    ],
    complies: {
      ...packages,
      'packages/core/src/a.ts': "import './b.ts'\nimport '../src/b.ts'",
      'apps/cli/src/a.ts': "import '@org/migrate-core/dialect'",
      'test/a.test.ts': "import '../packages/core/src/a.ts'",
      'bench/main.mjs': "import '../packages/core/dist/index.js'",
    },
  },
  'what is imported is declared': {
    breaks: [
      { ...packages, 'packages/dialect-sqlite/src/a.ts': "import 'left-pad/sub'" },
      { ...packages, 'packages/core/src/a.ts': "await import('zod')" },
    ],
    complies: {
      ...packages,
      'packages/dialect-sqlite/src/a.ts': "import '@org/migrate-core'\nimport 'node:fs'\nimport 'fs'",
    },
  },
  'drivers are imported in their dialect only': {
    breaks: [
      { 'packages/core/src/a.ts': "import type { Database } from 'better-sqlite3'" },
      { 'packages/core/src/a.ts': "await import('node:sqlite')" },
      { 'packages/dialect-mysql/src/a.ts': "import postgres from 'postgres'" },
      { 'packages/schema/src/a.ts': "require('mysql2/promise')" },
    ],
    complies: {
      'packages/dialect-sqlite/src/a.ts': "import 'better-sqlite3'",
      'test/a.test.ts': "import 'better-sqlite3'",
    },
  },
  'drivers are named in their dialect only': {
    breaks: [{ 'packages/core/src/a.ts': "createRequire(import.meta.url)('better-sqlite3')" }],
    complies: { 'packages/core/src/a.ts': "const remedy = 'run `npm rebuild better-sqlite3`'" },
  },
  'Drizzle stays in its package': {
    breaks: [
      { 'packages/core/src/a.ts': "import type { Table } from 'drizzle-orm'" },
      { 'packages/dialect-sqlite/src/internal.ts': "import 'drizzle-orm/sqlite-core'" },
    ],
    complies: {
      'packages/drizzle/src/sqlite.ts': "import 'drizzle-orm'",
      'packages/schema/src/zod.ts': "import 'drizzle-zod'",
    },
  },
  'the rooms of core and of autogenerate are staircases': {
    breaks: [
      { 'packages/autogenerate/src/compose/a.ts': "import type { A } from '../compare/a.ts'" },
      { 'packages/autogenerate/src/elsewhere/a.ts': '' },
      { 'packages/core/src/model/a.ts': "import '../operations/a.ts'" },
      { 'packages/core/src/declare/a.ts': "import type { A } from '../operations/a.ts'" },
      { 'packages/core/src/graph/a.ts': "export { a } from '../files/a.ts'" },
      { 'packages/core/src/planning/a.ts': "await import('../run/journal/a.ts')" },
      { 'packages/core/src/elsewhere/a.ts': '' },
    ],
    complies: {
      'packages/core/src/index.ts': "export * from './migrator/a.ts'",
      'packages/core/src/graph/selection/a.ts': "import type { A } from '../../operations/a.ts'\nimport '../b.ts'",
      'packages/core/src/migrator/a.ts': "await import('../script/a.ts')",
      'packages/autogenerate/src/adopt/folders/a.ts': "import '../../recognise/a.ts'",
    },
  },
  'no files import each other': {
    breaks: [
      {
        'packages/core/src/model/a.ts': "import './b.ts'",
        'packages/core/src/model/b.ts': "export { c } from './c.ts'",
        'packages/core/src/model/c.ts': "import { a } from './a.ts'",
      },
      { 'packages/core/src/model/a.ts': "import './a.ts'" },
      { 'test/a.ts': "import './b.ts'", 'test/b.ts': "import './a.ts'" },
    ],
    complies: {
      'packages/core/src/model/a.ts': "import './b.ts'\nimport './c.ts'",
      'packages/core/src/model/b.ts': "import './c.ts'",
      'packages/core/src/model/c.ts': "import type { A } from './a.ts'\nvoid import('./a.ts')",
    },
  },
  'no files need the types of each other': {
    breaks: [
      {
        'packages/core/src/model/a.ts': "import type { B } from './b.ts'",
        'packages/core/src/model/b.ts': "import { type A } from './a.ts'",
      },
    ],
    complies: {
      'packages/core/src/model/a.ts': "import type { B } from './b.ts'",
      'packages/core/src/model/b.ts': "void import('./a.ts')",
    },
  },
  'entries load what they promise and no more': {
    breaks: [
      {
        'packages/core/src/index.ts': "export { a } from './a.ts'",
        'packages/core/src/a.ts': "import 'node:fs/promises'",
      },
      {
        'packages/dialect-sqlite/src/index.ts': "export { a } from './a.ts'",
        'packages/dialect-sqlite/src/a.ts': "import D from 'better-sqlite3'",
      },
      {
        'packages/core/src/internal.ts': "export { a } from './a.ts'",
        'packages/core/src/a.ts': "import 'node:fs/promises'",
      },
      {
        'apps/cli/src/main.ts': "import './a.ts'",
        'apps/cli/src/a.ts': "import { check } from '@org/migrate-autogenerate'",
      },
    ],
    complies: {
      'packages/core/src/index.ts': "export { a } from './a.ts'",
      'packages/core/src/a.ts': "import type { Stats } from 'node:fs'\nimport 'node:os'",
      'packages/core/src/node.ts': "import 'node:fs'",
      'packages/dialect-sqlite/src/index.ts': "void import('better-sqlite3')",
    },
  },
  'a start with nothing to do loads little': plantedStarts,
  'nothing is any': {
    breaks: [{ 'test/a.ts': 'const a = b as any' }, { 'packages/core/src/a.ts': 'export type A = readonly any[]' }],
    complies: { 'packages/core/src/a.ts': "/** any of them */\nexport const any = 'any'" },
  },
  'the type checker is not silenced': {
    breaks: [
      { 'test/a.ts': '// @ts-ignore\nconst a = 1' },
      { 'packages/core/src/a.ts': 'export const a = { /* @ts-expect-error */ b: 1 }' },
      { 'packages/core/src/a.ts': '// @ts-nocheck' },
    ],
    complies: { 'test/a.ts': "// @ts-expect-error a name is needed\ntable()\nconst text = '// @ts-ignore'" },
  },
  'nothing is postponed': {
    breaks: [
      { 'scripts/a.mjs': 'run() // TODO: stop' },
      { 'packages/core/src/a.ts': 'export function a() {\n  /* FIXME */\n}' },
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted text is a template.
    complies: { 'packages/core/src/a.ts': "export const words = ['TODO', `\n// FIXME ${1} // XXX\n`]" },
  },
  'names say what a thing is': {
    breaks: [
      { 'packages/core/src/a.ts': 'export class LockManager {}' },
      { 'packages/core/src/a.ts': 'export const sqlUtils = {}' },
      { 'packages/core/src/load/file-helpers.ts': '' },
      { 'packages/core/src/common.ts': '' },
    ],
    complies: {
      'packages/core/src/a.ts': "export const commonAncestor = 'manager'",
      'packages/core/src/utility-of-it.ts': '',
    },
  },
  'names are words of the glossary': {
    breaks: [
      { 'packages/core/src/a.ts': 'export const settledOptions = 1' },
      { 'apps/cli/src/a.ts': 'const { options: asked } = { options: 1 }' },
      { 'test/a.test.ts': 'function f(place: string) {}' },
      { 'packages/core/src/a.ts': 'class A { #place = 1 }' },
      { 'packages/core/src/a.ts': 'interface A { readonly wanted: string }' },
      { 'packages/core/src/a.ts': 'export const codes = { SCRATCH_REFUSED: 1 }' },
      { 'apps/cli/src/a.ts': "const flags = '-k, --keep-scratch <name>'" },
      { 'packages/core/src/model/beside.ts': '' },
      { 'test/told.test.ts': '' },
    ],
    complies: {
      'packages/core/src/a.ts':
        "import { place as location } from 'other'\nexport const placeholder = error.told, codes = { EAI_AGAIN: 'place' }",
      'packages/schema/src/tables/note.ts': 'export const place = 1',
    },
  },
  'exported types are named by their subject': {
    breaks: [
      { 'packages/core/src/a.ts': 'export interface Found {}' },
      { 'test/a.ts': 'export type Work = 1' },
      { 'apps/cli/src/a.ts': 'export class Context {}' },
    ],
    complies: { 'packages/core/src/a.ts': 'export interface FoundationOptions {}\ninterface Part {}' },
  },
  'prose has no retired phrases': {
    breaks: [
      { 'packages/core/src/a.ts': '/** What is settled. */' },
      { 'apps/cli/src/a.ts': "const help = 'what nobody knows'" },
      { 'test/a.test.ts': "test('goes on with the next', () => {})" },
      { 'docs/a.md': 'Mend the revision.' },
      { 'README.md': 'One.\nThe scratch schema.' },
    ],
    complies: { 'docs/a.md': 'The command resumes. Recommended.', 'packages/core/src/a.ts': '// by the way, backup' },
  },
  'articles fit the words behind them': {
    breaks: [
      { 'packages/core/src/a.ts': 'const t = `There is a ${object} already.`' },
      { 'apps/cli/src/a.ts': 'f(`An ${x}`)' },
    ],
    complies: {
      'packages/core/src/a.ts': 'const t = `There is ${withArticle(object)} already.`',
      'test/a.ts': '`a ${x}`',
    },
  },
  'pages have short sentences': {
    breaks: [
      { 'docs/guides/a.md': `One.\n\n- It ${'goes on and '.repeat(12)}ends.` },
      { 'docs/a.md': `| a | It ${'goes on and '.repeat(12)}ends. |` },
      { 'README.md': 'You simply run it.' },
    ],
    complies: {
      'docs/a.md': `Run \`simply ${'a '.repeat(40)}\`.\n\n\`\`\`sh\n${'a '.repeat(40)}\n\`\`\`\n\n${'It is short.\n'.repeat(20)}`,
      'ARCHITECTURE.md': 'Simply.',
    },
  },
  'messages and help are short and plain': {
    breaks: [
      { 'packages/core/src/a.ts': "throw new MigrateError('USAGE', {}, `The database stands at ${id}.`)" },
      { 'packages/core/src/a.ts': "const remedy = 'You can simply run it again.'" },
      { 'packages/core/src/a.ts': "finding({ next: 'Look at the tables.' })" },
      { 'packages/core/src/a.ts': "notes.push('The views are not asked for.')" },
      {
        'packages/core/src/errors/catalogue/a.ts': `export const a = { A: code('It ${'goes on and '.repeat(12)}ends.') }`,
      },
      { 'apps/cli/src/commands/declarations/a.ts': "const a = { summary: 'adopt what is there' }" },
    ],
    complies: {
      'packages/core/src/a.ts':
        "throw new MigrateError('USAGE', {}, `The database is at ${id}.`)\n// It simply stands at it.",
      'apps/cli/src/commands/declarations/a.ts': "const a = { summary: 'adopt a database', flags: '--what is there' }",
      'test/a.ts': "const remedy = 'Look at it.'",
    },
  },
  'pages open with their purpose': {
    breaks: [{ 'docs/guides/a.md': '# A\n\nIt depends.\n' }, { 'docs/a.md': '# A\n\n```sh\nmigrate\n```\n' }],
    complies: { 'docs/guides/a.md': '# A\n\nThis guide shows how to do it.\n', 'README.md': '# A\n\nB.' },
  },
  'only the command line prints': {
    breaks: [
      { 'packages/core/src/a.ts': "console.log('a')" },
      { 'packages/schema/src/a.ts': 'const { log } = console' },
    ],
    complies: {
      'apps/cli/src/a.ts': "console.log('a')",
      'packages/core/src/a.ts': '// console.log\nexport const a = { console: 1 }',
    },
  },
  'only the host of the command line reads process': {
    breaks: [
      { 'packages/core/src/a.ts': 'export const a = process.env.A' },
      { 'packages/core/src/a.ts': "import { argv } from 'node:process'" },
      { 'packages/dialect-sqlite/src/a.ts': "globalThis; process['exit'](1)" },
      { 'apps/cli/src/commands/a.ts': 'export const a = () => process.cwd()' },
    ],
    complies: {
      'apps/cli/src/main.ts': 'process.exit(1)',
      'packages/core/src/a.ts': 'export const a = (b) => b.process',
    },
  },
  'the chain is written in typed operations': {
    breaks: [
      { 'packages/schema/src/revisions/a.ts': "export const upgrade = (op) => op.sql('SELECT 1')" },
      { 'packages/schema/src/data/a.ts': "await db.execute('CREATE TABLE a (b)')" },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted text is a template.
      { 'packages/schema/src/legacy/a.ts': 'await db.execute(`  ALTER TABLE "${a}" ADD b`)' },
      { 'packages/schema/src/revisions/a.ts': "await db.execute('COMMIT')" },
      { 'packages/schema/src/revisions/a.ts': 'await db.execute(sql`DROP TABLE a`)' },
    ],
    complies: {
      'packages/schema/src/revisions/a.ts': "await db.execute('UPDATE \"a\" SET b = ?')\nt.createIndex('CREATE')",
    },
  },
  'files stay small': {
    breaks: [
      { 'packages/core/src/a.ts': lines(301) },
      { 'packages/dialect-sqlite/src/ddl/body-scan.ts': lines(450) },
      { 'test/a.test.ts': lines(450) },
    ],
    complies: {
      'packages/core/src/a.ts': lines(300),
      'packages/dialect-sqlite/src/ddl/body-scan.ts': lines(449),
      'test/a.ts': lines(449),
    },
  },
  'folders stay small': {
    breaks: [Object.fromEntries(Array.from({ length: 26 }, (_, at) => [`packages/core/src/model/a${at}.ts`, '']))],
    complies: Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [`packages/core/src/model/${at % 2 === 0 ? '' : 'more/'}a${at}.ts`, '']),
    ),
  },
  'folders side by side do not import each other in a circle': {
    breaks: [
      {
        'packages/dialect-sqlite/src/ddl/a.ts': "import type { B } from '../introspect/b.ts'",
        'packages/dialect-sqlite/src/introspect/b.ts': "await import('../ddl/deep/c.ts')",
      },
      {
        'apps/cli/src/commands/plan/a.ts': "import '../check/b.ts'",
        'apps/cli/src/commands/check/b.ts': "import '../show/c.ts'",
        'apps/cli/src/commands/show/c.ts': "import '../plan/d.ts'",
      },
    ],
    complies: {
      'packages/dialect-sqlite/src/compile/a.ts': "import './deep/b.ts'\nimport '../types/c.ts'",
      'packages/dialect-sqlite/src/compile/deep/b.ts': "import '../c.ts'",
      'packages/dialect-sqlite/src/types/c.ts': "import '../quote.ts'",
    },
  },
  'no reason for a long file is left over': { breaks: [{}], complies: {} },
  'dialects have the same files': {
    breaks: [
      { 'packages/dialect-mysql/src/quoting.ts': '' },
      { 'packages/dialect-mysql/src/compile/table.ts': '' },
      { 'packages/dialect-sqlite/src/dialect.ts': '' },
    ],
    complies: {
      'packages/dialect-mysql/src/sql/quote.ts': '',
      'packages/dialect-mysql/src/compile/enums.ts': '',
      'packages/dialect-mysql/src/sql/classify.ts': '',
      'packages/dialect-sqlite/src/sql/classify.ts': '',
    },
  },
  'functions stay small': {
    breaks: [
      { 'packages/core/src/a.ts': `function long(): void {\n${'  step()\n'.repeat(79)}}` },
      { 'apps/cli/src/a.ts': `const long = (): void => {\n${'  step()\n'.repeat(79)}}` },
      {
        'packages/core/src/a.ts': `function outer(): void {\n  const inner = () => {\n${'    step()\n'.repeat(70)}  }\n${'  step()\n'.repeat(7)}}`,
      },
    ],
    complies: {
      'packages/core/src/a.ts': `function long(): void {\n${'  step()\n'.repeat(78)}}`,
      'packages/core/src/b.ts': `function outer(): void {\n  const inner = () => {\n${'    step()\n'.repeat(70)}  }\n${'  step()\n'.repeat(6)}}`,
      'test/a.test.ts': `function long(): void {\n${'  step()\n'.repeat(200)}}`,
    },
  },
  'no reason for a name of its own is left over': {
    breaks: [{ 'packages/dialect-mysql/src/index.ts': '' }],
    complies: Object.fromEntries(Object.keys(own).map((path) => [path.replace(/\/$/, '/any.ts'), ''])),
  },
  'dialects repeat little of each other': {
    breaks: [
      { 'packages/dialect-mysql/src/a.ts': prose('a', 40), 'packages/dialect-sqlite/src/b.ts': prose('a', 40) },
      {
        'packages/dialect-mysql/src/a.ts': prose('a', 10) + prose('m', 60),
        'packages/dialect-sqlite/src/b.ts': prose('a', 10) + prose('s', 60),
      },
    ],
    complies: {
      'packages/dialect-mysql/src/a.ts': prose('a', 6) + prose('m', 160),
      'packages/dialect-sqlite/src/b.ts': prose('a', 6) + prose('s', 160),
      'packages/dialect-sqlite/src/c.ts': '',
      'packages/core/src/a.ts': prose('m', 160),
    },
  },
}

describe('each rule sees a planted defect', () => {
  for (const [promise, rule] of Object.entries(rules)) {
    const { breaks, complies } = planted[promise as keyof typeof rules]
    test.each(breaks.map((files, index) => ({ files, index })))(`${promise}: defect $index`, ({ files }) => {
      expect(rule(treeOf(files))).not.toEqual([])
    })
    if (promise === 'no reason for a long file is left over') continue
    test(`${promise}: what looks alike passes`, () => {
      expect(rule(treeOf(complies))).toEqual([])
    })
  }

  test('no reason for a long file is left over: a reason that is needed passes', () => {
    const tree = treeOf({ 'packages/core/src/a.ts': lines(301), 'packages/core/src/b.ts': lines(300) })
    expect(reasonsAreNeeded(tree, { 'packages/core/src/a.ts': 'a table' })).toEqual([])
    expect(reasonsAreNeeded(tree, { 'packages/core/src/b.ts': 'a table' })).toHaveLength(1)
  })
})
