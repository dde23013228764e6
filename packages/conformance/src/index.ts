export { conformance } from './conformance.ts'
export type {
  CaseOutcome,
  ConformanceOptions,
  ConformanceTest,
  RandomFeatures,
  SqlFragments,
  SubjectDatabase,
} from './subject.ts'
