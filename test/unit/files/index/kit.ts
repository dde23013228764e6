import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { graph, type RevisionHeader } from '@org/migrate-core/node'
import { afterEach, beforeEach, vi } from 'vitest'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** That of the index: FNV-1a of the UTF-16 units, with two pairs of numbers. */
export const indexChecksum = (text: string): string =>
  [
    [0x811c9dc5n, 0x01000193n],
    [0x9747b28cn, 0x5bd1e995n],
  ]
    .map(([start = 0n, factor = 0n]) =>
      Array.from({ length: text.length }, (_, at) => BigInt(text.charCodeAt(at)))
        .reduce((sum, unit) => ((sum ^ unit) * factor) & 0xffffffffn, start)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('')

export const revisionText = (id: string, body = ''): string =>
  `export const revision = '${id}'\nexport const downRevision = null\nexport function upgrade() {${body}}\n`

/** A project with node_modules and a folder of migrations, and a clock that the test moves. */
export class IndexedProject {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'file-index-')))
  readonly migrations = join(this.home, 'migrations')
  readonly cache = join(this.home, 'node_modules/.cache/migrate')

  constructor() {
    mkdirSync(join(this.home, 'node_modules'))
    mkdirSync(this.migrations)
  }

  put(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.migrations, name)), { recursive: true })
      writeFileSync(join(this.migrations, name), text)
    }
  }

  async headers(options?: { readonly readAll?: boolean }): Promise<readonly RevisionHeader[]> {
    return (await graph(this.migrations).source.headers(options)).map((header) => ({ ...header }))
  }

  /** Message and hash of the only revision. */
  async only(options?: { readonly readAll?: boolean }): Promise<readonly [string, string | undefined]> {
    const [header, ...extra] = await this.headers(options)
    if (header === undefined || extra.length > 0) throw new Error('one revision is expected')
    return [header.message, header.textHash]
  }

  /** Two reads with as much time between that an unchanged file is not read again. */
  async fill(): Promise<void> {
    await this.headers()
    pass(10_000)
    await this.headers()
  }

  indexes(): readonly string[] {
    try {
      return readdirSync(this.cache).filter((name) => name.startsWith('files-'))
    } catch {
      return []
    }
  }

  get indexPath(): string {
    const [name, ...extra] = this.indexes()
    if (name === undefined || extra.length > 0) throw new Error('one index is expected')
    return join(this.cache, name)
  }

  /** Changes what the index holds, with a checksum that fits: what is then reported shows whether a file was read. */
  alterIndex(from: string, to: string): void {
    const [heading, , ...lines] = readFileSync(this.indexPath, 'utf8').split('\n')
    const body = lines.join('\n')
    if (!body.includes(from)) throw new Error(`the index does not hold ${from}`)
    const altered = body.replaceAll(from, to)
    writeFileSync(this.indexPath, `${heading}\n${indexChecksum(altered)}\n${altered}`)
  }
}

export function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

export function eachIndexedProject(): { readonly project: IndexedProject } {
  const current = { project: undefined as unknown as IndexedProject }
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
    current.project = new IndexedProject()
  })
  afterEach(() => {
    vi.useRealTimers()
    rmSync(current.project.home, { recursive: true, force: true })
  })
  return current
}
