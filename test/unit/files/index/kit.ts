import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { graph, type RevisionHeader } from '@org/migrate-core/node'
import { afterEach, beforeEach, vi } from 'vitest'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** An index has its lines twice, so that damage shows. */
export const indexText = (heading: string, lines: readonly string[]): string =>
  `${heading}\n${lines.join('\n')}${lines.join('\n')}`

export function readIndex(path: string): { readonly heading: string; readonly lines: readonly string[] } {
  const text = readFileSync(path, 'utf8')
  const [heading = ''] = text.split('\n', 1)
  const bodies = text.slice(heading.length + 1)
  const lines = bodies.slice(0, bodies.length / 2).split('\n')
  if (text !== indexText(heading, lines)) throw new Error(`${path} is damaged`)
  return { heading, lines }
}

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

  /** Changes what the index holds: what is then reported shows whether a file was read. */
  alterIndex(from: string, to: string): void {
    const { heading, lines } = readIndex(this.indexPath)
    const body = lines.join('\n')
    if (!body.includes(from)) throw new Error(`the index does not hold ${from}`)
    writeFileSync(this.indexPath, indexText(heading, body.replaceAll(from, to).split('\n')))
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
