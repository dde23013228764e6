export interface RetiredWord {
  /** In lower case. A compound name is taken apart: `oldPlace` has `old` and `place`. */
  readonly words: readonly string[]
  /** The standard words, by sense. */
  readonly instead: string
}

/** Words that no identifier, key, flag, error code or file name has; `docs/glossary.md` has the standard ones. */
export const retiredWords: readonly RetiredWord[] = [
  { words: ['settle', 'settles', 'settled', 'settling'], instead: 'resolve, canonicalise, revalidate, recover' },
  { words: ['begun', 'unfinished', 'half'], instead: 'interrupted; of a journal entry: started' },
  { words: ['look', 'looks', 'looked', 'looking'], instead: 'inspect, inspection' },
  { words: ['seen'], instead: 'snapshot, observed' },
  { words: ['place', 'places'], instead: 'location, position, connection target' },
  { words: ['scratch'], instead: 'shadow' },
  { words: ['realise', 'realised', 'realises'], instead: 'materialise' },
  { words: ['wanted'], instead: 'desired' },
  { words: ['gone', 'fresh'], instead: 'removed, added' },
  { words: ['strange', 'twin', 'twins'], instead: 'unmatched, counterpart' },
  {
    words: ['said', 'says', 'say', 'saying', 'unsaid', 'unsayable', 'told', 'tell', 'tells'],
    instead: 'declared, reported',
  },
  { words: ['words'], instead: 'keywords, arguments' },
  { words: ['stands', 'stood', 'standing'], instead: 'current, previous' },
  { words: ['asked', 'asks'], instead: 'requested, options' },
  { words: ['kept', 'keeps'], instead: 'preserved' },
  { words: ['wayback', 'waydown', 'wayup', 'way', 'ways'], instead: 'downgrade, inverse, upgrade' },
  { words: ['nobody', 'somebody', 'whoever', 'others'], instead: 'the subject: otherSessions, remaining' },
  { words: ['covers', 'covered'], instead: 'supported features' },
  { words: ['unfold', 'unfolded', 'advance', 'advanced'], instead: 'decompose, apply' },
  { words: ['alone', 'outside'], instead: 'non-transactional' },
  { words: ['sheet'], instead: 'script writer' },
  { words: ['demand', 'demands'], instead: 'precondition' },
  { words: ['tape'], instead: 'recording' },
  { words: ['beside'], instead: 'sidecar, concurrent' },
  { words: ['twice', 'again', 'anew'], instead: 'retry, recreate, second' },
  { words: ['mend', 'mended'], instead: 'fix' },
  { words: ['moment'], instead: 'timestamp' },
  { words: ['noted'], instead: 'recorded' },
  { words: ['meet', 'meets', 'meeting', 'apart'], instead: 'conflict, independent' },
  { words: ['goes', 'made', 'opened', 'unnamed'], instead: 'what it is: a resume, a created object, a connection' },
]

/** Names that others gave: of the drivers and servers, of Node, of the original. */
export const foreignNames: ReadonlySet<string> = new Set(['EAI_AGAIN'])

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
  { phrase: /\b(nobody|somebody|whoever)\b/i, instead: 'another session, another process, the passive voice' },
  { phrase: /\banew\b/i, instead: 'recreate, re-run, read again' },
]

/** Names of types that name a role in one function, and no subject. */
export const genericTypeNames: ReadonlySet<string> = new Set(
  (
    'Answer Asked Begun Context Data Entry Found Given Gone Half Info Item Kept Known Left Made Object Opened Options Part Parts ' +
    'Place Places Prepared Result Said Seen Settled Standing State Stood Thing Things Told Value Wanted Way Words Work'
  ).split(' '),
)
