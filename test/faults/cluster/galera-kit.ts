import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { databaseOn, type TestDatabase } from '../../kit/servers.ts'

export const nodeUrls: readonly string[] = (process.env.TEST_GALERA_URLS ?? '').split(',').filter(Boolean)

const patience = 120_000

/** The same database on each node; what one node makes is there on the others. */
export async function onNodes(): Promise<readonly [TestDatabase, TestDatabase, TestDatabase]> {
  const first = await databaseOn('mariadb', nodeUrls[0] ?? '').createDatabase()
  onTestFinished(() => first.drop())
  const at = (url: string): TestDatabase => {
    const target = new URL(first.url)
    target.host = new URL(url).host
    const { sql } = databaseOn('mariadb', target.href)
    return { ...first, url: target.href, sql }
  }
  // A node that is still at what came before has no such database yet, and refuses every request for it.
  const named = `SELECT COUNT(*) AS n FROM information_schema.schemata WHERE schema_name = '${first.name}'`
  for (const url of nodeUrls) {
    const node = databaseOn('mariadb', url)
    await expect.poll(async () => (await node.sql(named))[0]?.n, { timeout: patience }).toBe('1')
  }
  return [first, at(nodeUrls[1] ?? ''), at(nodeUrls[2] ?? '')]
}

interface MemberReport {
  readonly type: string
  readonly [name: string]: unknown
}

interface Ended {
  readonly signal: NodeJS.Signals | null
  readonly applied?: readonly string[]
  readonly code?: string
  readonly message?: string
}

export interface Member {
  readonly reports: readonly MemberReport[]
  readonly ended: Promise<Ended>
  /** Resolves when it has told of this; fails when it has ended without. */
  until(type: string): Promise<void>
  kill(signal: NodeJS.Signals): void
  open(): void
}

const program = fileURLToPath(new URL('member.mjs', import.meta.url))

/** Starts a run on one node. With a gate it stops there until that is opened. */
export function member(
  { url }: Pick<TestDatabase, 'url'>,
  job: {
    readonly chain: 'openWebui' | 'gated' | 'slow'
    readonly lock?: 'table'
    readonly leaseMs?: number
    readonly gate?: boolean
  },
): Member {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-member-'))
  const gate = join(folder, 'open')
  const given = { url, ...job, gate: job.gate === true ? gate : undefined }
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const reports: MemberReport[] = []
  let errors = ''
  let over = false
  child.stderr?.on('data', (part) => {
    errors += part
  })
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => reports.push(JSON.parse(line) as MemberReport))
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (_, signal) => {
      over = true
      const last = reports.find(({ type }) => type === 'ended')
      if (last === undefined && signal === null) reject(new Error(`a member ended without a word: ${errors}`))
      else resolve({ signal, ...last })
    })
  })
  ended.catch(() => undefined)
  const has = (type: string): boolean => reports.some((each) => each.type === type)
  return {
    reports,
    ended,
    until: async (type) => {
      await expect.poll(() => over || has(type), { timeout: patience, interval: 20 }).toBe(true)
      if (!has(type)) throw new Error(`a member ended before ${type}: ${JSON.stringify(await ended)}`)
    },
    kill: (signal) => void child.kill(signal),
    open: () => writeFileSync(gate, ''),
  }
}

export interface LockRow {
  readonly epoch: string
  readonly owner: string | null
  readonly since_ms: string | null
}

export async function lockRow(db: TestDatabase): Promise<LockRow | undefined> {
  const [row] = await db.sql('SELECT epoch, owner, since_ms FROM migrate_lock WHERE id = 1')
  return row as unknown as LockRow | undefined
}

export async function beatMs(db: TestDatabase): Promise<bigint> {
  const [row] = await db.sql('SELECT beat_ms FROM migrate_lock WHERE id = 2')
  return BigInt(String(row?.beat_ms ?? 0))
}

/** How often each revision was applied, of the nodes' own tables. */
export async function appliedOn(db: TestDatabase): Promise<Readonly<Record<string, number>>> {
  const rows = await db.sql(
    "SELECT revision, COUNT(*) AS n FROM migrate_history WHERE direction = 'up' GROUP BY revision ORDER BY revision",
  )
  return Object.fromEntries(rows.map(({ revision, n }) => [String(revision), Number(n)]))
}

/** Cuts a node off from the others, or lets it join them again; the node says when it has noticed. */
export async function isolate(db: TestDatabase, on: boolean): Promise<void> {
  await db.sql(`SET GLOBAL wsrep_provider_options = 'gmcast.isolate=${on ? 1 : 0}'`)
  await expect
    .poll(async () => (await db.sql("SHOW STATUS LIKE 'wsrep_ready'"))[0]?.Value, { timeout: patience })
    .toBe(on ? 'OFF' : 'ON')
}

/** A table each row of which is checked when it is copied, so that a copy takes seconds. */
export async function makeBig(db: TestDatabase): Promise<void> {
  await db.sql(`CREATE TABLE big (id int PRIMARY KEY, note varchar(40) NOT NULL DEFAULT '',
      CHECK (SHA2(REPEAT(note, 4000), 512) <> 'x')) ENGINE=InnoDB;
    INSERT INTO big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      SELECT (a.i - 1) * 1000 + b.i, CONCAT('note ', a.i, ' ', b.i) FROM n a JOIN n b WHERE a.i <= 20`)
}
