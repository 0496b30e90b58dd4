/** The settings file that commands read where none is named. Apart, so that help costs no loading. */
export const DEFAULT_SETTINGS = 'infra/portcullis.yaml';
