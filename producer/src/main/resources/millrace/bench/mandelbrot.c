/* What `millrace bench native` holds the kernel mandelbrot against: the same points by the same arithmetic, shortcuts
   and colours, in plain C. Many orbits advance side by side, so that the compiler makes vector code of them; the steps
   in which one escaped are done again alone. What cannot be predicted is no branch. Fused multiply-adds are written
   out: with -ffp-contract=off the picture has the kernel's bytes.

   mandelbrot WIDTH HEIGHT CENTER_X CENTER_Y SPAN ITERATIONS SAMPLES FILE

   Writes the picture's bytes to FILE and prints the seconds that computing took. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LANES = 256, STEPS = 4, ADVANCES = 6, ROUND = ADVANCES * STEPS };
static const double ESCAPE = 1 << 16; /* squared radius */

/* ---- colours */

enum { PALETTE = 1 << 12, LOG_BITS = 11, FRACTION_BITS = 12, MANTISSA_BITS = 52 };

static const double STOPS[][4] = {
    {0.00, 4, 6, 38},      {0.16, 24, 82, 177},  {0.36, 134, 181, 229}, {0.48, 250, 246, 226},
    {0.62, 248, 178, 50},  {0.78, 153, 62, 18},  {0.90, 46, 12, 34},    {1.00, 4, 6, 38},
};

static int logs[1 << LOG_BITS];
static int32_t light[PALETTE][3];
static uint8_t display[1 << 12];

static int linear(double shown) {
    double v = shown / 255;
    return (int) rint(0xffff * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)));
}

static void make_palette(void) {
    for (int i = 0; i < 1 << LOG_BITS; i++)
        logs[i] = (int) rint(log(1 + (i + 0.5) / (1 << LOG_BITS)) / log(2) * (1 << FRACTION_BITS));
    for (int i = 0; i < 1 << 12; i++) {
        double v = (i + 0.5) / (1 << 12);
        display[i] = (uint8_t) rint(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055));
    }
    int stop = 0;
    for (int i = 0; i < PALETTE; i++) {
        double at = (double) i / PALETTE;
        while (STOPS[stop + 1][0] <= at) stop++;
        const double *low = STOPS[stop], *high = STOPS[stop + 1];
        double part = (at - low[0]) / (high[0] - low[0]);
        part = part * part * (3 - 2 * part);
        for (int c = 0; c < 3; c++) light[i][c] = linear(low[1 + c] + part * (high[1 + c] - low[1 + c]));
    }
}

static inline int log2_fixed(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int exponent = (int) (bits >> MANTISSA_BITS) - 1023;
    return exponent * (1 << FRACTION_BITS) + logs[(bits >> (MANTISSA_BITS - LOG_BITS)) & ((1 << LOG_BITS) - 1)];
}

static inline int colour(int iterations, double squared_radius) {
    int64_t smooth = ((int64_t) (iterations + 1) << FRACTION_BITS)
        - (log2_fixed(log2_fixed(squared_radius)) - log2_fixed(log2_fixed(ESCAPE)));
    return (int) ((int64_t) (0.5 * log2_fixed((double) smooth) * PALETTE) >> FRACTION_BITS) & (PALETTE - 1);
}

/* ---- orbits */

static double orbits_x[ADVANCES + 1][LANES], orbits_y[ADVANCES + 1][LANES]; /* as a round begins; after each advance */
static double cx[LANES], cy[LANES];
static double *const x = orbits_x[ADVANCES], *const y = orbits_y[ADVANCES];
static uint64_t mark_x[LANES], mark_y[LANES]; /* Brent's cycle detection: who comes back exactly never escapes */
static int next_mark[LANES], done[LANES], column_of[LANES], ended[LANES];
static int lanes;

static const double *columns, *rows;
static int column_count, row_count, column, row, iterations;
static int32_t (*lights)[3]; /* of each column, the sum over the rows */

static void advance(const double *restrict from_x, const double *restrict from_y, double *restrict to_x,
                    double *restrict to_y) {
    for (int lane = 0; lane < lanes; lane++) {
        double a = from_x[lane], b = from_y[lane], p = cx[lane], q = cy[lane];
        for (int step = 0; step < STEPS; step++) {
            double c = fma(a, a, fma(-b, b, p));
            b = fma(a + a, b, q);
            a = c;
        }
        to_x[lane] = a;
        to_y[lane] = b;
    }
}

/* In the main cardioid or in the disk left of it. */
static inline int stays(double p, double q) {
    double qq = q * q, s = (p - 0.25) * (p - 0.25) + qq;
    return s * (s + (p - 0.25)) <= 0.25 * qq || (p + 1) * (p + 1) + qq <= 0.0625;
}

static int begin(int lane) {
    for (; row < row_count; row++, column = 0) {
        for (; column < column_count; column++) {
            double p = columns[column], q = rows[row];
            if (!stays(p, q)) {
                x[lane] = y[lane] = 0;
                cx[lane] = p;
                cy[lane] = q;
                mark_x[lane] = mark_y[lane] = UINT64_MAX; /* a NaN */
                next_mark[lane] = ROUND;
                done[lane] = 0;
                column_of[lane] = column++;
                return 1;
            }
        }
    }
    return 0;
}

static inline double squared_radius(double a, double b) {
    return a * a + b * b;
}

/* An orbit that escaped long ago is NaN. */
static inline int inside(double a, double b) {
    return squared_radius(a, b) <= ESCAPE;
}

static inline uint64_t bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static void escaped(int lane) {
    int advances = 0, steps = 0;
    for (int i = 1; i < ADVANCES; i++) advances += inside(orbits_x[i][lane], orbits_y[i][lane]);
    double a = orbits_x[advances][lane], b = orbits_y[advances][lane], radii[STEPS];
    for (int i = 0; i < STEPS; i++) {
        double c = a;
        a = fma(a, a, fma(-b, b, cx[lane]));
        b = fma(c + c, b, cy[lane]);
        radii[i] = squared_radius(a, b);
        steps += inside(a, b);
    }
    int n = done[lane] - ROUND + advances * STEPS + steps + 1;
    if (n <= iterations) {
        const int32_t *adds = light[colour(n, radii[steps])];
        int32_t *sum = lights[column_of[lane]];
        for (int c = 0; c < 3; c++) sum[c] += adds[c];
    }
}

static int find_ended(void) {
    int count = 0;
    for (int lane = 0; lane < lanes; lane++) {
        uint64_t a = bits(x[lane]), b = bits(y[lane]);
        done[lane] += ROUND;
        ended[count] = lane;
        count += !inside(x[lane], y[lane]) | (done[lane] >= iterations) | ((a == mark_x[lane]) & (b == mark_y[lane]));
        uint64_t mark = -(uint64_t) (done[lane] == next_mark[lane]);
        next_mark[lane] += done[lane] & (int) mark;
        mark_x[lane] ^= (mark_x[lane] ^ a) & mark;
        mark_y[lane] ^= (mark_y[lane] ^ b) & mark;
    }
    return count;
}

static void move(int from, int to) {
    x[to] = x[from];
    y[to] = y[from];
    cx[to] = cx[from];
    cy[to] = cy[from];
    mark_x[to] = mark_x[from];
    mark_y[to] = mark_y[from];
    next_mark[to] = next_mark[from];
    done[to] = done[from];
    column_of[to] = column_of[from];
}

static void run(void) {
    column = row = lanes = 0;
    while (lanes < LANES && begin(lanes)) lanes++;
    while (lanes > 0) {
        memcpy(orbits_x[0], x, lanes * sizeof *x);
        memcpy(orbits_y[0], y, lanes * sizeof *y);
        for (int i = 0; i < ADVANCES; i++) advance(orbits_x[i], orbits_y[i], orbits_x[i + 1], orbits_y[i + 1]);
        for (int i = find_ended() - 1; i >= 0; i--) {
            int lane = ended[i];
            if (!inside(x[lane], y[lane])) escaped(lane);
            if (!begin(lane)) move(--lanes, lane);
        }
    }
}

/* ---- the picture */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
    if (count != 9) {
        fprintf(stderr, "usage: mandelbrot WIDTH HEIGHT CENTER_X CENTER_Y SPAN ITERATIONS SAMPLES FILE\n");
        return 2;
    }
    int width = atoi(arguments[1]), height = atoi(arguments[2]), samples = atoi(arguments[7]);
    double center_x = atof(arguments[3]), center_y = atof(arguments[4]), span = atof(arguments[5]);
    iterations = atoi(arguments[6]);
    column_count = width * samples;
    row_count = samples;
    uint8_t *picture = malloc((size_t) 3 * width * height), *pixel = picture;
    double *xs = malloc(column_count * sizeof *xs), *ys = malloc(samples * sizeof *ys);
    lights = malloc(column_count * sizeof *lights);
    if (!picture || !xs || !ys || !lights) return 1;

    double started = now();
    make_palette();
    double half_step = span / (2.0 * column_count);
    for (int i = 0; i < column_count; i++) xs[i] = center_x + (2 * i + 1 - column_count) * half_step;
    columns = xs;
    rows = ys;
    for (int line = 0; line < height; line++) {
        for (int i = 0; i < samples; i++)
            ys[i] = center_y - (2 * (line * samples + i) + 1 - height * samples) * half_step;
        memset(lights, 0, column_count * sizeof *lights);
        run();
        for (int at = 0; at < column_count; at += samples) {
            for (int c = 0; c < 3; c++) {
                int sum = 0;
                for (int i = at; i < at + samples; i++) sum += lights[i][c];
                *pixel++ = display[(sum / (samples * samples)) >> 4];
            }
        }
    }
    double seconds = now() - started;

    FILE *file = fopen(arguments[8], "wb");
    if (!file || fwrite(picture, 3 * width, height, file) != (size_t) height || fclose(file) != 0) {
        perror(arguments[8]);
        return 1;
    }
    printf("Seconds: %.6f\nProgram: C by gcc %s\n", seconds, __VERSION__);
    return 0;
}
