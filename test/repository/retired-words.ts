export interface RetiredWord {
  /** In lower case. A compound name is taken apart: `oldPlace` has `old` and `place`. */
  readonly terms: readonly string[]
  /** The standard words, by sense. */
  readonly instead: string
}

/** Words that no identifier, key, flag, error code or file name has; `docs/glossary.md` has the standard ones. */
export const retiredWords: readonly RetiredWord[] = [
  { terms: ['settle', 'settles', 'settled', 'settling'], instead: 'resolve, canonicalise, revalidate, recover' },
  { terms: ['begun', 'unfinished', 'half'], instead: 'interrupted; of a journal entry: started' },
  { terms: ['look', 'looks', 'looked', 'looking'], instead: 'inspect, inspection' },
  { terms: ['seen'], instead: 'snapshot, observed' },
  { terms: ['place', 'places'], instead: 'location, position, connection target' },
  { terms: ['scratch'], instead: 'shadow' },
  { terms: ['realise', 'realised', 'realises'], instead: 'materialise' },
  { terms: ['wanted'], instead: 'desired' },
  { terms: ['gone', 'fresh'], instead: 'removed, added' },
  { terms: ['strange', 'twin', 'twins'], instead: 'unmatched, counterpart' },
  {
    terms: ['said', 'says', 'say', 'saying', 'unsaid', 'unsayable', 'told', 'tell', 'tells'],
    instead: 'declared, reported',
  },
  { terms: ['words'], instead: 'keywords, arguments' },
  { terms: ['stands', 'stood', 'standing'], instead: 'current, previous' },
  { terms: ['asked', 'asks'], instead: 'requested, options' },
  { terms: ['kept', 'keeps'], instead: 'preserved' },
  { terms: ['wayback', 'waydown', 'wayup', 'way', 'ways'], instead: 'downgrade, inverse, upgrade' },
  { terms: ['nobody', 'somebody', 'whoever', 'others'], instead: 'the subject: otherSessions, remaining' },
  { terms: ['covers', 'covered'], instead: 'supported features' },
  { terms: ['unfold', 'unfolded', 'advance', 'advanced'], instead: 'decompose, apply' },
  { terms: ['alone', 'outside'], instead: 'non-transactional' },
  { terms: ['sheet'], instead: 'script writer' },
  { terms: ['demand', 'demands'], instead: 'precondition' },
  { terms: ['tape'], instead: 'recording' },
  { terms: ['beside'], instead: 'sidecar, concurrent' },
  { terms: ['twice', 'again', 'anew'], instead: 'retry, recreate, second' },
  { terms: ['mend', 'mended'], instead: 'fix' },
  { terms: ['moment'], instead: 'timestamp' },
  { terms: ['noted'], instead: 'recorded' },
  { terms: ['meet', 'meets', 'meeting', 'apart'], instead: 'conflict, independent' },
  { terms: ['goes', 'made', 'opened', 'unnamed'], instead: 'what it is: a resume, a created object, a connection' },
]

/** An error of Node, an option of Alembic, and two keys of operations as histories of format 1 have them. */
export const foreignNames: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'includeDependenciesOutsideLower',
  'half',
  'outside',
])

/** What prose says no more: comments, messages, help, titles of tests, pages. */
export const retiredPhrases: readonly { readonly phrase: RegExp; readonly instead: string }[] = [
  { phrase: /\b(un)?settl(e|es|ed|ing)\b/i, instead: 'resolve, canonicalise, revalidate, recover' },
  { phrase: /\bmend(s|ed|ing)?\b/i, instead: 'fix' },
  { phrase: /\b(go|goes|going|gone|went) on with\b/i, instead: 'resume, continue' },
  { phrase: /\bhalf[- ](way|applied)\b/i, instead: 'interrupted' },
  { phrase: /\bkept values?\b/i, instead: 'preserved values' },
  { phrase: /\bscratch (place|schema|database)s?\b/i, instead: 'shadow schema, shadow database' },
  { phrase: /\brealis(e|es|ed|ing)\b/i, instead: 'materialise' },
  { phrase: /\bway (back|down|up)\b/i, instead: 'downgrade, inverse, upgrade' },
  { phrase: /\btwins?\b/i, instead: 'counterpart' },
  { phrase: /\b(unsaid|unsayable)\b/i, instead: 'undeclared, not expressible' },
  {
    phrase: /(?<![`'"/=])\b(nobody|somebody|whoever)\b/i,
    instead: 'another session, another process, the passive voice',
  },
  { phrase: /\banew\b/i, instead: 'recreate, re-run, read again' },
]

/** Names of types that name a role in one function, and no subject. */
export const genericTypeNames: ReadonlySet<string> = new Set(
  (
    'Answer Asked Begun Context Data Entry Found Given Gone Half Info Item Kept Known Left Made Object Opened Options Part Parts ' +
    'Place Places Prepared Result Said Seen Settled Standing State Stood Thing Things Told Value Wanted Way Words Work'
  ).split(' '),
)
