import type { Finding, Session } from '@org/migrate-core/dialect'
import { type ContentsAdvice, contents } from '../../doctor.ts'
import type { ListEngine } from './list-target.ts'

const orphans = { next: 'Correct or delete them: a rebuild of the table is refused while there are such rows.' }
const advice: { readonly [N in ListEngine['name']]: ContentsAdvice } = {
  // https://developers.cloudflare.com/d1/reference/time-travel/
  D1: { subject: 'The database', repair: { next: 'Go back to an earlier time with Time Travel of D1.' }, orphans },
  'libSQL over HTTP': { subject: 'The database', repair: { next: 'Restore a backup of the server.' }, orphans },
}

/** What could go wrong on a database without sessions: it has no file, and tells neither its version nor its settings. */
export async function examineList({ name }: ListEngine, session: Session): Promise<readonly Finding[]> {
  const what = `${name} has no sessions: a row with a lease keeps runs apart, and a revision is one statement list.`
  return [{ level: 'ok', about: 'lock', what }, ...(await contents(session, advice[name]))]
}
