import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EmptyDatabase, UnloadedDialect } from '@org/migrate-core/dialect'

/** The same words before the path as in the URL of the real database: the program reads that form already. */
function urlLike(url: string, file: string): string {
  if (/^sqlite:/i.test(url)) return `sqlite:///${file}`
  return /^file:/i.test(url) ? `file:${file}` : file
}

/** A file in a folder of its own, of which nothing is left. */
export async function withEmptyDatabase<T>(
  url: string,
  dialectOn: (url: string) => UnloadedDialect,
  work: (database: EmptyDatabase) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'migrate-shadow-'))
  try {
    const own = urlLike(url, join(folder, 'shadow.db'))
    return await work({ url: own, dialect: dialectOn(own) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
