import type { Session } from '../../dialect/session.ts'
import type { Leftover, Statement } from '../../sql/statement.ts'

/** Takes away what statements left that came to no end. False: nothing of it is there. */
export async function clearLeft(session: Session, { find, clear }: Leftover): Promise<boolean> {
  if ((await session.query(find)).length === 0) return false
  await session.execute(clear)
  return true
}

/** What stands of an operation of several statements before its last one has run; undefined: more than can be cleared away. */
export const interimOf = (statements: readonly Statement[]): Leftover | undefined =>
  statements.find(({ interim }) => interim !== undefined)?.interim
