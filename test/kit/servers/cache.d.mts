export function cacheFolder(): string
export function once(
  key: string,
  how: { make(folder: string): Promise<void>; isRight?(folder: string): Promise<boolean> },
): Promise<string>
