import * as conventions from './rules/conventions.ts'
import * as files from './rules/files.ts'
import * as functions from './rules/functions.ts'
import * as graph from './rules/graph.ts'
import * as packages from './rules/packages.ts'
import { articlesFit, pagesHavePurpose, readablePages, readableTexts } from './rules/readability.ts'
import * as repeats from './rules/repeats.ts'
import { startsStaySmall } from './rules/start.ts'
import * as vocabulary from './rules/vocabulary.ts'
import type { Rule } from './tree.ts'

/** Every rule by the promise that it keeps; `planted.test.ts` has a defect for each. */
export const rules = {
  'packages import each other along the arrows': packages.packageArrows,
  'the command line loads a dialect when it knows the URL': packages.dialectsAreLoadedLate,
  'packages meet at their entries only': packages.noDeepImports,
  'what is imported is declared': packages.importsAreDeclared,
  'drivers are imported in their dialect only': packages.driversStayInTheirDialect,
  'drivers are named in their dialect only': packages.driversAreNotNamed,
  'Drizzle stays in its package': packages.drizzleStaysInItsPackage,
  'the rooms of core and of autogenerate are staircases': graph.roomsAreStaircases,
  'no files import each other': graph.noValueCycles,
  'no files need the types of each other': graph.noTypeCycles,
  'entries load what they promise and no more': graph.entriesStayLight,
  'a start with nothing to do loads little': startsStaySmall,
  'nothing is any': conventions.noAny,
  'the type checker is not silenced': conventions.noSilencedTypes,
  'nothing is postponed': conventions.noPostponedWork,
  'names say what a thing is': conventions.noEmptyNames,
  'names are words of the glossary': vocabulary.noRetiredNames,
  'exported types are named by their subject': vocabulary.noGenericTypeNames,
  'prose has no retired phrases': vocabulary.noRetiredPhrases,
  'articles fit the words behind them': articlesFit,
  'pages have short sentences': readablePages,
  'messages and help are short and plain': readableTexts,
  'pages open with their purpose': pagesHavePurpose,
  'only the command line prints': conventions.onlyTheCommandLinePrints,
  'only the host of the command line reads process': conventions.onlyTheHostReadsProcess,
  'the chain is written in typed operations': conventions.theChainIsTyped,
  'files stay small': files.filesStaySmall,
  'folders stay small': files.foldersStaySmall,
  'functions stay small': functions.functionsStaySmall,
  'folders side by side do not import each other in a circle': graph.noFolderCycles,
  'no reason for a long file is left over': (tree) => files.reasonsAreNeeded(tree),
  'dialects have the same files': files.dialectsHaveSameFiles,
  'no reason for a name of its own is left over': files.ownIsNeeded,
  'dialects repeat little of each other': repeats.dialectsRepeatLittle,
} as const satisfies { readonly [promise: string]: Rule }
