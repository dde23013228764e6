import type { Finding, Session } from '@org/migrate-core/dialect'
import { type ContentsAdvice, contents } from '../../doctor.ts'

/** https://developers.cloudflare.com/d1/reference/time-travel/ */
const advice: ContentsAdvice = {
  subject: 'The database',
  repair: { next: 'Go back to an earlier time with Time Travel of D1.' },
  orphans: { next: 'Correct or delete them: a rebuild of the table is refused while there are such rows.' },
}

/** What could go wrong on a database of D1: it has no file, and tells neither its version nor its settings. */
export async function examineD1(session: Session): Promise<readonly Finding[]> {
  const what = 'D1 has no sessions: a row with a lease keeps runs apart, and a revision is one statement list.'
  return [{ level: 'ok', about: 'lock', what }, ...(await contents(session, advice))]
}
