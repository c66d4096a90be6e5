import type { Rgb, Weather } from './air.js';
import { Sky } from './air.js';
import type { Picture, Stock } from './film.js';
import { Flight } from './flight.js';
import { Wood, type WoodLook, type WoodPose } from './forest.js';
import { sway } from './noise.js';
import { Sea, type SeaLook, type SeaPose } from './sea.js';
import { makeLand, type LandLook } from './terrain.js';

/** One take: `begin` builds its scene for a picture of a size and returns what draws it at a time in seconds since the shot's start. */
export interface Take {
  readonly stock: Stock;
  begin(out: Picture): (time: number) => void;
  /** Where what stands in the scene is seen, against a camera that does not move; absent where the camera travels through the scene. */
  view?(time: number, width: number, height: number): View;
}

/** The picture turned by `roll` radians and scaled around its middle, then shifted by samples. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly roll: number;
}

/** How a camera moves: how much of what was meant (travel, pan, zoom), and how much the hands shake; 1 is what the scene was made for. */
export interface Movement {
  readonly travel: number;
  readonly shake: number;
}

const AS_MADE: Movement = { travel: 1, shake: 1 };

function towards(x: number, y: number, z: number): Rgb {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

const MORNING: Stock = { exposure: 0.95, white: [1.02, 1, 0.95], soft: 0.4, grain: 1.6, seed: 1 };

function fly(
  look: LandLook,
  weather: Weather,
  stock: Stock,
  path: { x: number; z: number; height: number; heading: number; turn: number; speed: number },
  { travel, shake }: Movement,
): Take {
  return {
    stock,
    begin: (out) => {
      const land = makeLand(look);
      const flight = new Flight(land, new Sky(weather), out);
      return (time) => {
        const turned = path.turn * travel;
        const heading = path.heading + turned * time + 0.004 * sway(time, 0.9, 3) * shake;
        const gone = path.speed * time * travel;
        flight.draw(
          {
            x: path.x + Math.sin(path.heading) * gone,
            y: path.height + 4 * time * travel,
            z: path.z + Math.cos(path.heading) * gone,
            heading,
            tilt: 0.15 + 0.003 * sway(time, 1.1, 5) * shake,
            roll: 0.012 * sway(time, 0.5, 7) * shake + turned * 0.4,
            zoom: 1.3,
          },
          time,
        );
      };
    },
  };
}

/** A drone over an alpine valley with lakes. */
export function alps(seed: number, movement = AS_MADE): Take {
  const sun = towards(0.75, 0.5, 0.35);
  return fly(
    { seed, relief: 1150, water: 330, snow: 860, sun, sunColour: [4.2, 3.7, 3.0], skyColour: [0.5, 0.66, 0.95], ground: 'alpine' },
    {
      seed: 5,
      zenith: [0.1, 0.24, 0.6],
      horizon: [0.5, 0.66, 0.9],
      sun,
      glow: [0.5, 0.42, 0.3],
      cloud: [1.25, 1.25, 1.3],
      cover: 0.5,
      haze: 21000,
    },
    MORNING,
    { x: 9000, z: 9000, height: 1420, heading: 5.3, turn: 0.035, speed: 75 },
    movement,
  );
}

/** Sandstone country in the evening sun. */
export function desert(seed: number, movement = AS_MADE): Take {
  const sun = towards(-0.8, 0.3, 0.3);
  return fly(
    { seed, relief: 950, water: -100, snow: 9000, sun, sunColour: [4.6, 3.5, 2.3], skyColour: [0.4, 0.48, 0.72], ground: 'desert' },
    {
      seed: 15,
      zenith: [0.14, 0.3, 0.66],
      horizon: [0.8, 0.68, 0.58],
      sun,
      glow: [0.9, 0.6, 0.3],
      cloud: [1.1, 0.98, 0.9],
      cover: 0.5,
      haze: 17000,
    },
    { ...MORNING, white: [1.02, 1, 0.97], exposure: 0.85, soft: 0.3, seed: 2 },
    { x: 4000, z: 4000, height: 1127, heading: 5.8, turn: -0.03, speed: 60 },
    movement,
  );
}

function wood(look: WoodLook, stock: Stock, speed: number, { travel, shake }: Movement): Take {
  const pose = (time: number, unit: number): WoodPose => ({
    pan: unit * (speed * time * travel + 5 * sway(time, 1.2, 11) * shake),
    lift: unit * 4 * sway(time, 1, 13) * shake,
    zoom: 1 + 0.012 * time * travel,
  });
  return {
    stock,
    begin: (out) => {
      const scene = new Wood(look, out);
      const unit = out.height / 360;
      return (time) => scene.draw(pose(time, unit), time);
    },
    view: (time, _width, height) => {
      const { pan, lift, zoom } = pose(time, height / 360);
      return { x: -pan * zoom, y: -lift * zoom, scale: zoom, roll: 0 };
    },
  };
}

/** A hand-held pan over spruces in the mist. */
export const mist = (seed: number, movement = AS_MADE): Take =>
  wood(
    { seed, mist: [0.62, 0.68, 0.72], sky: [0.8, 0.86, 0.92], trees: [0.03, 0.05, 0.035] },
    { ...MORNING, white: [1, 1, 1], exposure: 1, seed: 3 },
    34,
    movement,
  );

/** The same kind of wood at sunrise. */
export const sunrise = (seed: number, movement = AS_MADE): Take =>
  wood(
    { seed, mist: [0.92, 0.66, 0.45], sky: [1.25, 0.86, 0.55], trees: [0.05, 0.04, 0.022] },
    { ...MORNING, white: [1, 1, 1], exposure: 0.95, seed: 4 },
    -30,
    movement,
  );

function sail(look: SeaLook, weather: Weather, stock: Stock, zoom: readonly [number, number], { travel, shake }: Movement): Take {
  const pose = (time: number): SeaPose => ({
    height: 4 + 0.15 * sway(time, 0.5, 17) * shake,
    heading: 0.05 + 0.02 * time * travel + 0.006 * sway(time, 1.1, 19) * shake,
    tilt: 0.025 + 0.004 * sway(time, 0.9, 23) * shake,
    roll: 0.006 * sway(time, 0.6, 29) * shake,
    zoom: zoom[0] + zoom[1] * time * travel,
  });
  return {
    stock,
    begin: (out) => {
      const sea = new Sea(look, new Sky(weather), out);
      return (time) => sea.draw(pose(time), { side: -9 + 3.4 * time, distance: 95, lean: 0.05 + 0.025 * Math.sin(time * 1.6) }, time);
    },
    view: (time, width) => {
      const now = pose(time);
      const focal = now.zoom * width;
      const turned = now.heading - 0.05;
      return {
        x: -Math.tan(turned) * focal,
        y: -(Math.tan(now.tilt) - Math.tan(0.025)) * focal,
        scale: now.zoom / zoom[0],
        roll: now.roll,
      };
    },
  };
}

const SHORE = { near: 130, far: 260 };

/** A sailing boat on a bright day, slowly zoomed in on. */
export function bay(seed: number, movement = AS_MADE): Take {
  const weather: Weather = {
    seed: 9,
    zenith: [0.1, 0.24, 0.58],
    horizon: [0.6, 0.74, 0.92],
    sun: towards(-0.7, 0.5, 0.4),
    glow: [0.5, 0.45, 0.35],
    cloud: [1.3, 1.3, 1.3],
    cover: 0.55,
    haze: 9000,
  };
  const ridges = [
    { height: SHORE.far, distance: 5200, colour: [0.3, 0.4, 0.5] as const },
    { height: SHORE.near, distance: 3000, colour: [0.12, 0.18, 0.19] as const },
  ];
  return sail(
    { seed, body: [0.006, 0.035, 0.045], light: [1.3, 1.8, 2.7], swell: 0.6, ridges },
    weather,
    { ...MORNING, seed: 5 },
    [1.15, 0.05],
    movement,
  );
}

/** The boat against the evening sun. */
export function dusk(seed: number, movement = AS_MADE): Take {
  const weather: Weather = {
    seed: 8,
    zenith: [0.1, 0.17, 0.36],
    horizon: [0.72, 0.42, 0.27],
    sun: towards(0.15, 0.13, 1),
    glow: [1.5, 0.72, 0.3],
    cloud: [0.34, 0.24, 0.26],
    cover: 0.55,
    haze: 9000,
  };
  const ridges = [
    { height: SHORE.far, distance: 5200, colour: [0.42, 0.25, 0.19] as const },
    { height: SHORE.near, distance: 3000, colour: [0.2, 0.12, 0.105] as const },
  ];
  return sail(
    { seed, body: [0.006, 0.012, 0.018], light: [1, 1, 1], swell: 0.5, ridges },
    weather,
    { ...MORNING, seed: 6 },
    [1.3, -0.04],
    movement,
  );
}
