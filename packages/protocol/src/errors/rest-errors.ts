/** Errors that only the HTTP API has, with numbers of the same ranges. */
import { type ErrorRow, row } from './error-row.ts';

export const restErrors = {
  'file-not-found': row(
    1060,
    404,
    'never',
    'There is no such file.',
    'Use the `url` that the upload answered with; files go with their agent or channel.',
  ),
  'file-too-large': row(
    1061,
    413,
    'never',
    'The file is too large.',
    'Make it smaller, or raise MAX_UPLOAD_BYTES; sound for transcription may have 25 MB at most.',
  ),
  'unsupported-file-type': row(
    1062,
    415,
    'never',
    'Files of this type are not taken here.',
    'Upload sound, JPEG, PNG, GIF, WebP, MP4, WebM, PDF or plain text in UTF-8. The bytes decide, not the name.',
  ),
  'file-missing': row(
    1063,
    400,
    'changed',
    'The form has no file, or an empty one.',
    'Send `multipart/form-data` with one file in the field `file`.',
  ),
  'nothing-heard': row(
    1064,
    400,
    'changed',
    'No words were heard in the sound.',
    'Record it again, nearer and louder.',
  ),
  'no-speech-model': row(
    4135,
    501,
    'changed',
    'This agent has no voice.',
    'Set `settings.speechModel` of the character or SPEECH_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL.',
  ),
  'no-transcription-model': row(
    4136,
    501,
    'changed',
    'This agent has no ears.',
    'Set `settings.transcriptionModel` of the character or TRANSCRIPTION_MODEL, and OPENAI_API_KEY or OPENAI_BASE_URL.',
  ),
  'no-answer': row(
    4137,
    502,
    'later',
    'The agent answered nothing that could be spoken.',
    'Say it again; the messages of the room show what came of it.',
  ),
  'too-many-requests': row(
    3010,
    429,
    'later',
    'This address sends more requests than it may.',
    'Wait as many seconds as the header `Retry-After` says.',
  ),
} as const satisfies Record<string, ErrorRow>;
