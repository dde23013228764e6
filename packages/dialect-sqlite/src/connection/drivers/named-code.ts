import { codeName, codeOf } from '../../sql/faults.ts'

/** Names what is thrown as better-sqlite3 does. SQLite gives a number: that of a kind of failure, or an extended one. */
export function namedCode<T>(property: 'errcode' | 'rawCode' | 'errno', work: () => T): T {
  try {
    return work()
  } catch (error) {
    const number = (error as { readonly [name: string]: unknown })[property]
    // Bun's are named so already, and read-only.
    if (typeof number === 'number' && codeOf(error)?.startsWith('SQLITE_') !== true)
      Object.assign(error as Error, { code: codeName(number) })
    throw error
  }
}
