import { ExternalMLProviderEnum, ModelFoundationEnum, ModelTypeEnum, ModelUsageEnum } from '@pieces.app/pieces-os-client';

/** The client package's own closed lists. */
export const types: string[] = Object.values(ModelTypeEnum);
export const usages: string[] = Object.values(ModelUsageEnum);
export const providers: string[] = Object.values(ExternalMLProviderEnum);
export const foundations: string[] = Object.values(ModelFoundationEnum);
