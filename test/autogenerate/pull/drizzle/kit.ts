import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Declarations, type PullOptions, pull } from '@org/migrate-autogenerate'
import type { DeclaredSchema } from '@org/migrate-core'
import { importModule } from '@org/migrate-core/node'
import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { readDrizzle as readSqlite } from '@org/migrate-drizzle/sqlite'
import ts from 'typescript'
import { linesOf, withoutRevisions } from '../kit.ts'

const readers = { sqlite: readSqlite, postgres: readPostgres, mysql: readMysql }

const readerOf = (url: string) =>
  readers[url.startsWith('sqlite') ? 'sqlite' : url.startsWith('postgres') ? 'postgres' : 'mysql']

let folder: string | undefined
let count = 0

/** A folder from which a module finds drizzle-orm, as in a project. */
function projectFolder(): string {
  if (folder === undefined) {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-pull-drizzle-')))
    mkdirSync(join(folder, 'node_modules'))
    const installed = fileURLToPath(new URL('../../../node_modules/drizzle-orm', import.meta.url))
    symlinkSync(installed, join(folder, 'node_modules/drizzle-orm'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
    const unused = folder
    process.once('exit', () => rmSync(unused, { recursive: true, force: true }))
  }
  return folder
}

/** Writes the module into a file, and gives its path. */
export function written(text: string): string {
  count += 1
  const file = join(projectFolder(), `schema${count}.ts`)
  writeFileSync(file, text)
  return file
}

export interface PulledDrizzle extends Declarations {
  readonly declared: DeclaredSchema
  readonly file: string
  /** What a comparison with the same database finds. */
  readonly differences: readonly string[]
}

/** Pulls a database, reads the module with the package that reads Drizzle, and compares. */
export async function pulledDrizzle(url: string, options: PullOptions = {}): Promise<PulledDrizzle> {
  const migrator = withoutRevisions(url)
  const declarations = await pull(migrator, { as: 'drizzle', ...options })
  const file = written(declarations.text)
  const declared = readerOf(url)((await importModule(file)) as Parameters<typeof readSqlite>[0])
  return { ...declarations, declared, file, differences: await linesOf(migrator, declared, options) }
}

const parsed = new Map<string, ts.SourceFile | undefined>()

/** The declarations of the library and of Drizzle are parsed once. */
function cachingHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile
  host.getSourceFile = (file, ...rest) => {
    if (!parsed.has(file)) parsed.set(file, read(file, ...rest))
    return parsed.get(file)
  }
  return host
}

/** What the compiler reports of these files, under the strictest options. */
export function typeErrors(files: readonly string[]): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  }
  const program = ts.createProgram([...files], options, cachingHost(options))
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ messageText, file, start = 0 }) =>
        `${file?.text.slice(start, start + 60)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
}
