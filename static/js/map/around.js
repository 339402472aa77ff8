/* What a run knows about the surroundings of a parcel: the way to the network, and how far it is heard. */
const EARTH_M = 6371008.8;
const STEPS = 72;
const collection = (geometry) => ({ type: "FeatureCollection", features: geometry ? [{ type: "Feature", properties: {}, geometry }] : [] });

function circle(lon, lat, radiusM) {
  const up = ((radiusM / EARTH_M) * 180) / Math.PI;
  const across = up / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: STEPS + 1 }, (_, i) => {
    const angle = (2 * Math.PI * (i % STEPS)) / STEPS;
    return [lon + across * Math.cos(angle), lat + up * Math.sin(angle)];
  });
  return { type: "Polygon", coordinates: [ring] };
}
/* Nothing is drawn for what the run does not say. */
export function around(parcel) {
  return {
    route: collection(parcel?.route ?? null),
    noise: collection(parcel && parcel.noise_radius_m > 0 ? circle(parcel.lon, parcel.lat, parcel.noise_radius_m) : null),
  };
}
