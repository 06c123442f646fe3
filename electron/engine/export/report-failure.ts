/** Why a report could not be written, in words for people: what happened, what is left, what to do. */
export class ReportFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReportFailure';
  }
}

/** A person ended it, or the engine. */
export class ReportCancelled extends Error {}

const left = 'What had been begun was removed.';
const sentences: Readonly<Record<string, string>> = {
  ENOSPC: `The disk is full. ${left} Free space on that disk, or choose another place.`,
  EDQUOT: `The space that you may use on that disk is used up. ${left} Free space, or choose another place.`,
  EFBIG: `The disk cannot hold a file that large. ${left} Choose another place, or a shorter period.`,
  EACCES: 'You may not write there. Nothing was written. Choose another place, or ask whoever owns it.',
  EPERM: 'You may not write there. Nothing was written. Choose another place, or ask whoever owns it.',
  EROFS: 'That disk can only be read. Nothing was written. Choose another place.',
  ENOENT: 'The folder is not there. Nothing was written. Choose another place.',
  ENOTDIR: 'A part of that path is a file and no folder. Nothing was written. Choose another place.',
  EISDIR: 'There is a folder of that name. Nothing was written. Choose another name.',
  ENAMETOOLONG: 'The name is too long for that disk. Nothing was written. Choose a shorter one.',
  EIO: `The disk answered with an error. ${left} Check the disk, or choose another place.`,
  EEXIST: 'Something of that name is being written there, or was left by a program that ended. Nothing was written. Choose another name, or remove what ends in .part there.',
};

/** What the file system said of `path`. */
export function fileFailure(error: unknown, path: string): ReportFailure {
  if (error instanceof ReportFailure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return new ReportFailure(`${path} could not be written. ${sentences[code] ?? `The system says: ${code === '' ? 'an error without a name' : code}. ${left}`}`, { cause: error });
}
