import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll } from 'vitest'
import { killed, patienceMs, verdictOfCommand } from './command.ts'
import type { OracleDialect, OracleSchema } from './schema.ts'

/** drizzle-kit's statements, or how it failed. */
export type Verdict = { readonly statements: readonly string[] } | { readonly failed: string }

export interface Oracle {
  /** Whether its command answers, which is a process for each question. */
  isByCommand(schema: OracleSchema): boolean
  /** What it would change in a database so that it is like a version of the schema; nothing is changed. */
  wants(schema: OracleSchema, version: number, url: string): Promise<Verdict>
  /** The same by its API alone. */
  wantsByApi(schema: OracleSchema, version: number, url: string): Promise<Verdict>
  /** Makes a version of the schema in an empty database. */
  makes(schema: OracleSchema, version: number, url: string): Promise<Verdict>
}

interface Question {
  readonly ask: 'push' | 'make'
  readonly schema: string
  readonly version: number
  readonly url: string
  readonly schemas: readonly string[]
}

type Answer = Verdict & { readonly id: number }

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The schemas of a dialect as plain JavaScript, where the packages that they import are found. */
async function bundled(dialect: OracleDialect): Promise<string> {
  const outfile = here(`../node_modules/.cache/autogenerate-oracle/${dialect}-${process.pid}.cjs`)
  await build({
    entryPoints: [here(`./schemas/${dialect}/all.ts`)],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  })
  return outfile
}

/** One answer of the child; that it has ended itself is one too. That it was killed is none. */
function answered(child: ChildProcess, id: number, question: Question): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      clearTimeout(timer)
      child.off('message', heard)
      child.off('exit', ended)
    }
    const heard = ({ id: of, ...verdict }: Answer): void => {
      if (of !== id) return
      over()
      resolve(verdict)
    }
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      over()
      if (signal === null) resolve({ failed: `it ended its process with ${code}` })
      else reject(killed(signal))
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    child.on('message', heard)
    child.on('exit', ended)
    child.send({ ...question, id })
  })
}

// Of our own tables nothing is known to it. Its API for PostgreSQL and its command take a filter; the others are told by what it wants.
const bookkeeping = /^DROP TABLE `migrate_(?:version|history|preserved|journal|lock)`;$/

function withoutBookkeeping(verdict: Verdict): Verdict {
  if ('failed' in verdict) return verdict
  return { statements: verdict.statements.filter((statement) => !bookkeeping.test(statement)) }
}

/** drizzle-kit in a child that is started once, and again when it has ended itself over a question. */
export function oracleOf(dialect: OracleDialect): Oracle {
  let child: ChildProcess | undefined
  let bundle: Promise<string> | undefined
  let questionCount = 0
  afterAll(() => void child?.kill('SIGKILL'))

  const bundleOf = (): Promise<string> => {
    bundle ??= bundled(dialect)
    return bundle
  }
  const ask = async (question: Question): Promise<Verdict> => {
    const file = await bundleOf()
    if (child?.connected !== true) {
      child = fork(here('./judge.mjs'), [dialect, file], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
    }
    questionCount += 1
    return answered(child, questionCount, question)
  }
  const questionOf = ({ name, schemas = [] }: OracleSchema, version: number, url: string) => ({
    schema: name,
    version,
    url,
    schemas,
  })

  const wantsByApi: Oracle['wantsByApi'] = async (schema, version, url) =>
    withoutBookkeeping(await ask({ ask: 'push', ...questionOf(schema, version, url) }))

  // What `pushMySQLSchema` gives back is only what it would truncate: mysql.test.ts shows it.
  const isByCommand: Oracle['isByCommand'] = ({ byCommand }) => dialect === 'mysql' || byCommand !== undefined

  return {
    isByCommand,
    wantsByApi,
    async wants(schema, version, url) {
      if (!isByCommand(schema)) return wantsByApi(schema, version, url)
      const question = [dialect, await bundleOf(), { schema, version, url }] as const
      const verdict = await verdictOfCommand(...question)
      // Its process ends now and then without a verdict on a busy machine: what it fails over by itself, it fails over again.
      return 'failed' in verdict ? verdictOfCommand(...question) : verdict
    },
    makes: (schema, version, url) => ask({ ask: 'make', ...questionOf(schema, version, url) }),
  }
}
